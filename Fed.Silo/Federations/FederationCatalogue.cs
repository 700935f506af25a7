using System.Text.Json;
using Fed.Contracts;
using Fed.Silo.Storage;

namespace Fed.Silo.Federations;

/// <summary>
/// The names of the federations that this silo serves. Actors can be called but not listed, so the list is kept here,
/// in a small file that is replaced in one step. A name is added after its federation is accepted; if the process dies
/// in between, creating it again (which is harmless) adds it.
/// </summary>
public sealed class FederationCatalogue
{
    private readonly string? _file;
    private readonly Lock _gate = new();
    private string[] _names;

    /// <param name="file">Null: kept in memory only.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public FederationCatalogue(string? file)
    {
        _file = file;
        _names = file is not null && File.Exists(file) ? Load(file) : [];
    }

    /// <summary>In alphabetical order.</summary>
    public IReadOnlyList<string> List() => Volatile.Read(ref _names);

    public void Add(string name)
    {
        lock (_gate)
        {
            if (_names.Contains(name))
                return;
            var next = _names.Append(name).Order(StringComparer.Ordinal).ToArray();
            if (_file is not null)
                Save(_file, next);
            Volatile.Write(ref _names, next);
        }
    }

    private static string[] Load(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<string[]>(File.ReadAllBytes(file), FedJson.Options)
                ?? throw new JsonException("it holds null");
        }
        catch (JsonException damaged)
        {
            throw new InvalidDataException(
                $"the list of federations in {file} is damaged ({damaged.Message}); delete the file and start with "
                + "--federation once for each federation",
                damaged);
        }
    }

    private static void Save(string file, string[] names)
    {
        try
        {
            var next = file + ".next";
            using (var stream = new FileStream(next, FileMode.Create, FileAccess.Write))
            {
                JsonSerializer.Serialize(stream, names, FedJson.Indented);
                stream.Flush(flushToDisk: true);
            }

            File.Move(next, file, overwrite: true);
            DurableFolder.Sync(Path.GetDirectoryName(Path.GetFullPath(file))!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageUnavailableException("the list of federations cannot be written", error);
        }
    }
}

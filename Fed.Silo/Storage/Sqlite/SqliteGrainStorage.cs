using Fed.Embedded.Serialization;
using Fed.Embedded.Storage;
using Microsoft.Data.Sqlite;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Fed.Silo.Storage.Sqlite;

/// <summary>
/// Grain state in one SQLite file, as JSON. A write that has returned is on the disk (WAL, synchronous=FULL);
/// writes that wait together share one transaction and so one flush. Every write is conditional on its ETag.
/// </summary>
public sealed class SqliteGrainStorage : IGrainStorage, IDisposable
{
    private readonly string _name;
    private readonly SqliteWriter _writer;
    private readonly SqliteReaders _readers;

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="InvalidDataException">The file is a database of another format.</exception>
    /// <exception cref="StorageUnavailableException">The file cannot be opened, or is no database.</exception>
    public SqliteGrainStorage(string name, SqliteGrainStorageOptions options)
        : this(name, options, prepare: null)
    {
    }

    /// <param name="prepare">Called with each connection before it is used.</param>
    internal SqliteGrainStorage(
        string name, SqliteGrainStorageOptions options, Action<SqliteConnection>? prepare)
    {
        options.Validate(name);
        _name = name;
        var path = Path.GetFullPath(options.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var file = new SqliteFile(path, prepare);
        _writer = new SqliteWriter(file, options.MaxBatch);
        _readers = new SqliteReaders(file);
    }

    /// <summary>Transactions committed so far; fewer than writes where they came together.</summary>
    public long Commits => _writer.Commits;

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var row = await Task.Run(() => _readers.Read(stateName, grainId.ToString()));
        var state = row is null ? default : StateJson.Deserialize<T>(row.Json);
        grainState.State = state ?? StateActivator.Create<T>();
        grainState.ETag = row?.ETag;
        grainState.RecordExists = row is not null;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var json = StateJson.Serialize(grainState.State);
        grainState.ETag = await SubmitAsync(new(stateName, grainId, grainState.ETag, json));
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await SubmitAsync(new(stateName, grainId, grainState.ETag, null));
        grainState.ETag = null;
        grainState.RecordExists = false;
        grainState.State = StateActivator.Create<T>();
    }

    public void Dispose()
    {
        _writer.Dispose();
        _readers.Dispose();
    }

    private async Task<string?> SubmitAsync(SqliteWrite write)
    {
        var outcome = await _writer.SubmitAsync(write);
        return outcome.Applied
            ? outcome.ETag
            : throw StorageConflict.Create(_name, write.StateName, write.GrainId, outcome.ETag, write.ETag);
    }
}

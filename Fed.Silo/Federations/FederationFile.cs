using System.Text.Json;
using Fed.Contracts;
using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Fed.Contracts.Storage;
using Fed.Core.IO;
using Fed.Core.Models;
using Fed.Core.Text;
using Fed.Training;

namespace Fed.Silo.Federations;

/// <summary>A federation described in a file, as <c>--federation</c> names it.</summary>
public static class FederationFile
{
    private const int MaxBytes = 64 << 20;

    /// <exception cref="ArgumentException">Unreadable, or no federation could be created by it; the message names file
    /// and property.</exception>
    public static FederationSettings Read(string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            if (length > MaxBytes)
            {
                throw new ArgumentException(
                    $"federation file {path} has {length} bytes; at most {MaxBytes} are read");
            }

            var settings = SettingsDocument.Parse(File.ReadAllBytes(path));
            // Before anything is started; a model's file gets its SHA-256 when it is imported.
            FederationCreator.Check(settings with
            {
                InitialModel = IsFile(settings.InitialModel) ? null : settings.InitialModel,
                Extractor = IsFile(settings.Extractor?.Source)
                    ? settings.Extractor! with { Source = new string('0', 64) }
                    : settings.Extractor,
            });
            return settings;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"federation file {path} cannot be read: {error.Message}", error);
        }
        catch (RefusedException wrong)
        {
            throw Wrong(path, wrong);
        }
    }

    /// <summary>
    /// Settings that name their initial model or their extractor as a file name it by its SHA-256 afterwards, and the
    /// store has it. The files of a federation that exists may be gone.
    /// </summary>
    /// <param name="existing">Of the federation, which was created before; null: there is none of this name.</param>
    /// <exception cref="ArgumentException">It can't be read, or is no safetensors file of at most
    /// <see cref="ModelSpecification.MaxParameters"/> parameters.</exception>
    public static async Task<FederationSettings> ImportModelsAsync(
        string path,
        FederationSettings settings,
        FederationSettings? existing,
        IBlobStore blobs,
        CancellationToken cancellationToken)
    {
        if (IsFile(settings.InitialModel))
        {
            settings = settings with
            {
                InitialModel = await ImportAsync("initialModel", settings.InitialModel!, existing?.InitialModel),
            };
        }

        return IsFile(settings.Extractor?.Source)
            ? settings with
            {
                Extractor = settings.Extractor! with
                {
                    Source = await ImportAsync(
                        "extractor.source", settings.Extractor.Source, existing?.Extractor?.Source),
                },
            }
            : settings;

        async Task<string> ImportAsync(string property, string model, string? known)
        {
            if (known is not null && !File.Exists(PathOf(path, model)))
                return known;
            await using var source = Open(path, property, model);
            await using var writer = await blobs.CreateAsync(cancellationToken);
            await source.CopyToAsync(writer.Stream, cancellationToken);
            return await writer.CommitAsync(cancellationToken);
        }
    }

    private static bool IsFile(string? model) => model?.EndsWith(".safetensors", StringComparison.Ordinal) == true;

    private static string PathOf(string path, string model) =>
        Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, model);

    private static FileStream Open(string path, string property, string model)
    {
        var file = PathOf(path, model);
        try
        {
            using (var reader = new FileReader(file))
                RequireModel(reader);
            return File.OpenRead(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new ArgumentException(
                $"federation file {path}: {property} is '{model}', and {file} cannot be read: {error.Message}",
                error);
        }
    }

    /// <summary>Before any of it is stored.</summary>
    private static void RequireModel(FileReader file)
    {
        var parameters = SafetensorsHeader.Read(file).Layout.ParameterCount;
        if (parameters > ModelSpecification.MaxParameters)
        {
            throw new InvalidDataException(
                $"it has {parameters} parameters; a model has at most {ModelSpecification.MaxParameters}");
        }
    }

    /// <summary>The same for a refusal that came later, from the federation itself.</summary>
    public static ArgumentException Wrong(string path, RefusedException wrong) =>
        new($"federation file {path}: {wrong.Message}; {wrong.Remedy}", wrong);
}

/// <summary>A federation's settings as people write them.</summary>
public static class SettingsDocument
{
    private const string Remedy = "see FederationSettings in /openapi/v1.json and docs/operations.md";

    /// <param name="json">UTF-8, with or without a byte order mark, at most what the caller has bounded.</param>
    /// <exception cref="RefusedException">Not JSON, or a property is unknown, missing or of the wrong type.</exception>
    public static FederationSettings Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            json = JsonText.RequireUtf8(json);
            var settings = JsonSerializer.Deserialize<FederationSettings>(json, FedJson.Options)
                ?? throw new JsonException();
            // Nullable annotations are checked for properties, not for the elements of lists.
            if (settings.Clusters.Contains(null!) || settings.Classes?.Contains(null!) == true
                || settings.Roster.Any(entry => entry?.Name is null || entry.Cluster is null))
            {
                throw Invalid("clusters, classes or roster has an entry that is null or lacks a name or cluster");
            }

            return settings;
        }
        catch (JsonException error)
        {
            throw Invalid(JsonFault.Describe(error, json, FedJson.Options.GetTypeInfo(typeof(FederationSettings))));
        }
    }

    private static RefusedException Invalid(string message) => new(RefusalCode.InvalidSettings, message, Remedy);
}

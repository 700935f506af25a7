using Microsoft.Data.Sqlite;
using Orleans;
using Orleans.Hosting;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace Fed.Silo.Storage.Sqlite;

/// <summary>
/// Grain state in one SQLite file, as JSON. A write that has returned is on the disk (WAL, synchronous=FULL);
/// writes that wait together share one transaction and so one flush. Every write is conditional on its ETag.
/// </summary>
public sealed class SqliteGrainStorage : IGrainStorage, IDisposable
{
    private readonly string _name;
    private readonly IGrainStorageSerializer _serializer;
    private readonly IActivatorProvider _activators;
    private readonly SqliteWriter _writer;
    private readonly SqliteReaders _readers;

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="InvalidDataException">The file is a database of another format.</exception>
    /// <exception cref="StorageUnavailableException">The file cannot be opened, or is no database.</exception>
    public SqliteGrainStorage(
        string name,
        SqliteGrainStorageOptions options,
        IGrainStorageSerializer serializer,
        IActivatorProvider activators)
        : this(name, options, serializer, activators, prepare: null)
    {
    }

    /// <param name="prepare">Called with each connection before it is used.</param>
    internal SqliteGrainStorage(
        string name,
        SqliteGrainStorageOptions options,
        IGrainStorageSerializer serializer,
        IActivatorProvider activators,
        Action<SqliteConnection>? prepare)
    {
        options.Validate(name);
        _name = name;
        _serializer = serializer;
        _activators = activators;
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
        grainState.State = row is null ? New<T>() : _serializer.Deserialize<T>(new BinaryData(row.Json)) ?? New<T>();
        grainState.ETag = row?.ETag;
        grainState.RecordExists = row is not null;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var json = _serializer.Serialize(grainState.State).ToArray();
        grainState.ETag = await SubmitAsync(new(stateName, grainId, grainState.ETag, json));
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await SubmitAsync(new(stateName, grainId, grainState.ETag, null));
        grainState.ETag = null;
        grainState.RecordExists = false;
        grainState.State = New<T>();
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
            : throw Conflict(write, outcome.ETag);
    }

    private T New<T>() => _activators.GetActivator<T>().Create();

    private InconsistentStateException Conflict(SqliteWrite write, string? stored) => new(
        $"State '{write.StateName}' of {write.GrainId} in storage '{_name}' has ETag {stored ?? "(none)"}, but its "
        + $"writer holds {write.ETag ?? "(none)"}: another activation or process wrote it. Read it again, then retry.",
        stored,
        write.ETag);
}

/// <summary>Where and how grain state is kept in a SQLite file.</summary>
public sealed class SqliteGrainStorageOptions
{
    public const int DefaultMaxBatch = 512;

    /// <summary>The database file. Its folder is made if missing.</summary>
    public string Path { get; set; } = "";

    /// <summary>Most writes in one transaction, 1 to 10,000.</summary>
    public int MaxBatch { get; set; } = DefaultMaxBatch;

    /// <exception cref="ArgumentException">A value cannot work; the message says which and what to do.</exception>
    internal void Validate(string name)
    {
        if (string.IsNullOrWhiteSpace(Path))
        {
            throw new ArgumentException(
                $"{nameof(SqliteGrainStorageOptions)}.{nameof(Path)} of storage '{name}' is empty; give a file name.");
        }
        if (MaxBatch is < 1 or > 10_000)
        {
            throw new ArgumentException(
                $"{nameof(SqliteGrainStorageOptions)}.{nameof(MaxBatch)} of storage '{name}' is {MaxBatch}; "
                + "it must be 1 to 10000.");
        }
    }
}

/// <summary>Adds storage in a SQLite file: survives the process, and power loss once a write has returned.</summary>
public static class SqliteGrainStorageSiloBuilderExtensions
{
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static ISiloBuilder AddSqliteGrainStorage(
        this ISiloBuilder builder, string name, Action<SqliteGrainStorageOptions> configureOptions)
    {
        ArgumentNullException.ThrowIfNull(configureOptions);
        var options = new SqliteGrainStorageOptions();
        configureOptions(options);
        options.Validate(name);
        return builder.ConfigureServices(services =>
            services.AddGrainStorage(name, (provider, key) =>
                ActivatorUtilities.CreateInstance<SqliteGrainStorage>(provider, key, options)));
    }

    /// <inheritdoc cref="AddSqliteGrainStorage"/>
    public static ISiloBuilder AddSqliteGrainStorageAsDefault(
        this ISiloBuilder builder, Action<SqliteGrainStorageOptions> configureOptions) =>
        builder.AddSqliteGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, configureOptions);
}

using Orleans.Hosting;
using Orleans.Providers;
using Orleans.Runtime.Hosting;

namespace Fed.Silo.Storage.Sqlite;

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

using Fed.Silo.Storage;
using Fed.Silo.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;

namespace Fed.Tests.Actors;

/// <summary>What a silo gives its storage, without a silo.</summary>
internal static class StateServices
{
    private static readonly Lazy<ServiceProvider> s_services =
        new(static () => new ServiceCollection().AddSerializer().BuildServiceProvider());

    public static SqliteGrainStorage OpenSqlite(
        string path, Action<SqliteConnection>? prepare = null, string name = "test") =>
        OpenSqlite(new SqliteGrainStorageOptions { Path = path }, prepare, name);

    public static SqliteGrainStorage OpenSqlite(
        SqliteGrainStorageOptions options, Action<SqliteConnection>? prepare = null, string name = "test") => new(
            name, options, new StateJson(), s_services.Value.GetRequiredService<IActivatorProvider>(), prepare);
}

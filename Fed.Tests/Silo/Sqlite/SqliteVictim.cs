using Fed.Tests.Actors;
using System.Runtime.CompilerServices;
using Fed.Silo.Storage.Sqlite;
using Orleans;
using Orleans.Runtime;

namespace Fed.Tests.Silo.Sqlite;

/// <summary>
/// A process that writes grain state until it is killed: this assembly, started with an environment variable that
/// names the file. Each write is as large as many pages and carries its number throughout; each number is printed
/// once its write has returned.
/// </summary>
public static class SqliteVictim
{
    public const string Variable = "FED_TESTS_SQLITE_VICTIM";

    /// <summary>So that it ends even where nobody is left to kill it.</summary>
    private const int Most = 10_000;

    public const string StateName = "victim";
    public static readonly GrainId Grain = GrainId.Create("test", "victim");

    [ModuleInitializer]
    internal static void RunWhereAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path)
        {
            WriteUntilKilled(path);
        }
    }

    private static void WriteUntilKilled(string path)
    {
        using var storage = StateServices.OpenSqlite(path);
        var state = new GrainState<int[]>();
        for (var number = 1; number <= Most; number++)
        {
            state.State = [.. Enumerable.Repeat(number, 50_000)];
            // Blocking, as no other thread may run code of this assembly before its initializer has ended.
            storage.WriteStateAsync(StateName, Grain, state).GetAwaiter().GetResult();
            Console.WriteLine(number);
        }
    }
}

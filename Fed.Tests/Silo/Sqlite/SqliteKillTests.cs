using Fed.Tests.Actors;
using System.Diagnostics;
using System.Globalization;
using Fed.Silo.Storage.Sqlite;
using Orleans;

namespace Fed.Tests.Silo.Sqlite;

/// <summary>What is left when the writing process is killed.</summary>
public sealed class SqliteKillTests
{
    private static readonly TimeSpan s_missing = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task ProcessKilledWhileWriting_LeavesTheLastAcknowledgedStateWholeOrTheOneAfter()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("state.db");

        var acknowledged = await WriteUntilKilledAsync(file, atLeast: 20);

        using var storage = StateServices.OpenSqlite(file);
        var state = new GrainState<int[]>();
        await storage.ReadStateAsync(SqliteVictim.StateName, SqliteVictim.Grain, state);
        var number = Assert.Single(state.State!.Distinct());
        Assert.InRange(number, acknowledged, acknowledged + 1);
        Assert.Equal(50_000, state.State!.Length);
        await storage.WriteStateAsync(SqliteVictim.StateName, SqliteVictim.Grain, state);
    }

    /// <returns>The number of the last write that was acknowledged.</returns>
    private static async Task<int> WriteUntilKilledAsync(string file, int atLeast)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(SqliteKillTests).Assembly.Location])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[SqliteVictim.Variable] = file;
        using var victim = Process.Start(start)!;
        var last = 0;
        try
        {
            while (await victim.StandardOutput.ReadLineAsync().WaitAsync(s_missing) is { } line)
            {
                last = int.Parse(line, CultureInfo.InvariantCulture);
                if (last == atLeast)
                {
                    victim.Kill();
                }
            }
        }
        finally
        {
            victim.Kill();
        }
        await victim.WaitForExitAsync();
        Assert.True(last >= atLeast, $"The writer ended by itself after {last} writes.");
        return last;
    }
}

using Fed.Silo.Storage.Sqlite;
using Fed.Tests.Actors;
using ActorSilo = Fed.Tests.Actors.TestSilo;

namespace Fed.Tests.Silo.Sqlite;

/// <summary>Grains whose state is in a SQLite file.</summary>
public sealed class SqliteSiloTests
{
    [Fact]
    public async Task GrainState_SurvivesARestartOfTheSilo()
    {
        using var folder = new TemporaryFolder();
        await using (var first = await StartAsync(folder))
        {
            await Task.WhenAll(Enumerable.Range(0, 100)
                .Select(i => first.Grains.GetGrain<IStateGrain>($"grain{i}").Add(i, "first")));
        }

        await using var second = await StartAsync(folder);
        for (var i = 0; i < 100; i++)
        {
            var view = await second.Grains.GetGrain<IStateGrain>($"grain{i}").View();
            Assert.Equal((i, "first", true), (view.Value, view.Notes, view.RecordExists));
        }
    }

    // Registered last, so it takes the place of the fixture's memory storage.
    private static Task<ActorSilo> StartAsync(TemporaryFolder folder) => ActorSilo.StartAsync(
        silo => silo.AddSqliteGrainStorageAsDefault(options => options.Path = folder.File("sub/state.db")));
}

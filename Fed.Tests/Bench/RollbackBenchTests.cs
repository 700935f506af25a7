using Fed.Bench;
using Fed.Bench.Ingest;

namespace Fed.Tests.Bench;

/// <summary>On a real silo process; how long it takes is nobody's matter here.</summary>
public sealed class RollbackBenchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-rollback-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Run_WhileParticipantsSubmit_EachTakesEffectInEveryCluster()
    {
        await using var silo = await SiloUnderLoad.StartAsync(_folder, new Dictionary<string, string>(), default);

        var figure = await new RollbackBench(silo.Address, rollbacks: 2).RunAsync(default);

        Assert.Equal(2, figure.Rollbacks);
        Assert.True(figure.UpdatesPerSecond > 0);
        Assert.InRange(figure.OrderP50Ms, double.Epsilon, figure.OrderMaxMs);
        Assert.InRange(figure.EffectP50Ms, figure.OrderP50Ms, figure.EffectMaxMs);
    }
}

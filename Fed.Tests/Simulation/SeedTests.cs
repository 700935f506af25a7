using System.Globalization;
using Fed.Simulation;

namespace Fed.Tests.Simulation;

/// <summary>
/// Seeds of the simulation, each with at least one crash (docs/simulation.md). FED_SIMULATION_SEED replays one and
/// writes its trace; FED_SIMULATION_SEEDS sets how many there are. The classes are collections, which run side by side.
/// They run on threads of their own: xunit has a thread a processor, on which the other tests' requests are continued.
/// </summary>
public abstract class SeedTests
{
    private const int Partitions = 2;
    private const int SlicesEach = 10;
    private const int DefaultSeeds = 10_000;

    private static readonly int? Only = Setting("FED_SIMULATION_SEED");
    private static readonly int Seeds = Setting("FED_SIMULATION_SEEDS") ?? DefaultSeeds;

    /// <summary>Of one partition: first seed and number of seeds.</summary>
    protected static IEnumerable<object[]> SlicesOf(int partition)
    {
        if (Only is { } seed)
            return [[seed, 1]];
        const int All = Partitions * SlicesEach;
        return Enumerable.Range(partition * SlicesEach, SlicesEach).Select(slice =>
        {
            var first = slice * Seeds / All;
            return new object[] { first, ((slice + 1) * Seeds / All) - first };
        });
    }

    protected static Task RunAsync(int first, int count) => Task.Factory.StartNew(
        () => Run(first, count), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Run(int first, int count)
    {
        var options = new SimulationOptions { Trace = Only is null ? null : Console.WriteLine };
        for (var seed = first; seed < first + count; seed++)
        {
            var result = FederationSimulation.Run(seed, options);
            Assert.True(result.Violations.Count == 0, $"{result}\nreplay it with FED_SIMULATION_SEED={seed}");
            Assert.True(result.Crashes > 0, $"seed {seed} had no crash");
        }
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;

    public sealed class FirstHalf : SeedTests
    {
        public static IEnumerable<object[]> Slices => SlicesOf(0);

        [Theory, MemberData(nameof(Slices))]
        public Task Federation_Disturbed_KeepsEveryInvariant(int first, int count) => RunAsync(first, count);
    }

    public sealed class SecondHalf : SeedTests
    {
        public static IEnumerable<object[]> Slices => SlicesOf(1);

        [Theory, MemberData(nameof(Slices))]
        public Task Federation_Disturbed_KeepsEveryInvariant(int first, int count) => RunAsync(first, count);
    }
}

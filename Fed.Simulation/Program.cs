using System.CommandLine;
using System.Diagnostics;
using Fed.Simulation;

var seeds = new Option<int>("--seeds") { Description = "How many", DefaultValueFactory = _ => 1000 };
var first = new Option<int?>("--seed") { Description = "The first one; alone, or with --seeds 1, prints its history" };
var simulate = new RootCommand("Runs small federations in virtual time under crashes, failing writes and lost messages")
{
    seeds, first,
};
simulate.SetAction(parsed =>
{
    var start = parsed.GetValue(first) ?? 0;
    var alone = parsed.GetValue(first) is not null && parsed.GetResult(seeds) is null or { Implicit: true };
    var count = alone ? 1 : parsed.GetValue(seeds);
    if (count < 1)
    {
        Console.Error.WriteLine($"fed simulate: --seeds is {count}; it must be at least 1");
        return 2;
    }

    var watch = Stopwatch.StartNew();
    var results = Enumerable.Range(start, count).AsParallel().AsOrdered().Select(FederationSimulation.Run);
    var (failed, crashes, acknowledged, versions) = (0, 0, 0L, 0L);
    foreach (var result in results)
    {
        crashes += result.Crashes;
        acknowledged += result.Acknowledged;
        versions += result.Versions;
        if (count == 1)
            Console.WriteLine(string.Join(Environment.NewLine, result.Trace));
        if (result.Violations.Count == 0)
            continue;
        failed++;
        Console.WriteLine($"seed {result.Seed}:");
        foreach (var violation in result.Violations)
            Console.WriteLine($"  {violation}");
        Console.WriteLine($"  its history: fed simulate --seed {result.Seed}");
    }

    Console.WriteLine(
        $"{count} seeds, {failed} failed; {crashes} crashes, {acknowledged} updates acknowledged, {versions} global "
        + $"versions; {watch.Elapsed.TotalSeconds:0.0} s");
    return failed == 0 ? 0 : 1;
});
return simulate.Parse(args).Invoke();

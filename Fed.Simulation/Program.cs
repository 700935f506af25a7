using System.Diagnostics;
using System.Globalization;
using Fed.Simulation;

// fed simulate: one seed with its trace, or many and their failures.
if (args is [var one] && int.TryParse(one, CultureInfo.InvariantCulture, out var seed))
{
    var result = FederationSimulation.Run(seed, new SimulationOptions { Trace = Console.WriteLine });
    Console.WriteLine(result);
    return result.Violations.Count == 0 ? 0 : 1;
}

if (args is [var from, var count]
    && int.TryParse(from, CultureInfo.InvariantCulture, out var first)
    && int.TryParse(count, CultureInfo.InvariantCulture, out var seeds))
{
    var clock = Stopwatch.StartNew();
    var failed = 0;
    long events = 0;
    var rollbacks = 0;
    for (var i = first; i < first + seeds; i++)
    {
        var result = FederationSimulation.Run(i);
        events += result.Steps;
        rollbacks += result.Rollbacks;
        if (result.Violations.Count == 0)
            continue;
        failed++;
        Console.WriteLine(result);
    }

    Console.WriteLine(
        $"{seeds} seeds, {failed} failed, {rollbacks} rollbacks, {events / seeds} events a seed, "
        + $"{clock.Elapsed.TotalMilliseconds / seeds:F2} ms a seed");
    return failed == 0 ? 0 : 1;
}

Console.Error.WriteLine("usage: <seed> (with its trace), or <first seed> <count>");
return 2;

using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Fed.Client;
using Fed.Contracts;
using Fed.Simulation;

namespace Fed.Cli.Commands;

/// <summary><c>fed simulate</c>.</summary>
internal static class SimulateCommand
{
    public const string Name = "simulate";

    private static readonly Option<int> Seeds = new("--seeds")
    {
        Description = "How many",
        DefaultValueFactory = _ => 1000,
    };

    private static readonly Option<int?> First = new("--seed")
    {
        Description = "The first one; alone, or with --seeds 1, prints its history",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Print the figures as JSON, at the end" };

    public static Command Create()
    {
        var command = new Command(
            Name, "Runs small federations in virtual time under crashes, failing writes and lost messages")
        {
            Seeds, First, Json,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var start = parsed.GetValue(First) ?? 0;
        var alone = parsed.GetValue(First) is not null && parsed.GetResult(Seeds) is null or { Implicit: true };
        var count = alone ? 1 : parsed.GetValue(Seeds);
        if (count < 1)
        {
            Console.Error.WriteLine($"fed simulate: --seeds is {count}; it must be at least 1");
            return ExitCode.Usage;
        }

        var watch = Stopwatch.StartNew();
        var results = Enumerable.Range(start, count).AsParallel().AsOrdered().Select(FederationSimulation.Run);
        var (failed, crashes, acknowledged, versions) = (0, 0, 0L, 0L);
        var asJson = parsed.GetValue(Json);
        var broken = new Dictionary<int, IReadOnlyList<string>>();
        foreach (var result in results)
        {
            crashes += result.Crashes;
            acknowledged += result.Acknowledged;
            versions += result.Versions;
            if (count == 1 && !asJson)
                Console.WriteLine(string.Join(Environment.NewLine, result.Trace));
            if (result.Violations.Count == 0)
                continue;
            failed++;
            broken.Add(result.Seed, result.Violations);
            if (asJson)
                continue;
            Console.WriteLine($"seed {result.Seed}:");
            foreach (var violation in result.Violations)
                Console.WriteLine($"  {violation}");
            Console.WriteLine($"  its history: fed simulate --seed {result.Seed}");
        }

        if (asJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(
                new
                {
                    seeds = count,
                    failed,
                    crashes,
                    acknowledged,
                    versions,
                    seconds = watch.Elapsed.TotalSeconds,
                    violations = broken,
                },
                FedJson.Indented));
            return failed == 0 ? ExitCode.Success : ExitCode.Failure;
        }

        Console.WriteLine(
            $"{count} seeds, {failed} failed; {crashes} crashes, {acknowledged} updates acknowledged, {versions} "
            + $"global versions; {watch.Elapsed.TotalSeconds:0.0} s");
        return failed == 0 ? ExitCode.Success : ExitCode.Failure;
    }
}

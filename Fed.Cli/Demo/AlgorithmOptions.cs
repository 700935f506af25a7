using System.CommandLine;
using Fed.Contracts.Federations;
using Fed.Core.Aggregation;
using Fed.Core.Codecs;
using Fed.Core.Robust;

namespace Fed.Cli.Demo;

/// <summary>Options of <c>fed demo</c> that say how the federations learn.</summary>
internal static class AlgorithmOptions
{
    public static readonly Option<FederationMode> Mode = new("--mode")
    {
        Description = "async: nobody waits for the slowest; sync: rounds",
        DefaultValueFactory = _ => FederationMode.Async,
    };

    public static readonly Option<string> Codec = Checked(
        "--codec",
        "float32",
        $"How updates are encoded: {BlockCodecs.Names}; topk and ternary take a density, as in ternary:0.01",
        text => BlockCodecs.ByName(text));

    public static readonly Option<string> Rule = Checked(
        "--rule", RobustRules.Mean, $"How clusters combine updates: {RobustRules.Forms}", text => RobustRules.Parse(text));

    public static readonly Option<string> GlobalRule = Checked(
        "--global-rule",
        RobustRules.Mean,
        "How the global tier combines the clusters' aggregates: as --rule, but for fltrust",
        text => RobustRules.Parse(text));

    public static readonly Option<string> Staleness = Checked(
        "--staleness",
        DemoFederations.UsualStaleness,
        $"What an update weighs that is t versions stale: {StalenessFunctions.Forms}",
        text => StalenessFunctions.Parse(text));

    public static readonly Option<string?> Optimizer = new("--optimizer")
    {
        Description = $"Server optimiser, {OptimizerText.Forms} (default: what the task recommends)",
    };

    static AlgorithmOptions() => Check(Optimizer, text => OptimizerText.Parse(text));

    private static Option<string> Checked(string name, string usual, string description, Action<string> parse)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => usual };
        Check(option, parse);
        return option;
    }

    private static void Check<T>(Option<T> option, Action<string> parse) => option.Validators.Add(result =>
    {
        try
        {
            if (result.GetValueOrDefault<string?>() is { } text)
                parse(text);
        }
        catch (ArgumentException unknown)
        {
            result.AddError($"{option.Name}: {unknown.Message}");
        }
    });
}

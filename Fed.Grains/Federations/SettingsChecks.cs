using Fed.Contracts.Federations;
using Fed.Core.Aggregation;
using Fed.Core.Codecs;
using Fed.Core.Robust;
using Fed.Grains.Tiers;

namespace Fed.Grains.Federations;

/// <summary>Whether the tiers' buffers can ever hold what their robust rules need.</summary>
internal static class RuleChecks
{
    public static void Check(FederationSettings settings, List<string> errors)
    {
        var cluster = Parse("clusterTier", settings.ClusterTier, errors);
        var global = Parse("globalTier", settings.GlobalTier, errors);
        CheckTrust(settings, cluster, errors);
        if (TierRules.NeedsReference(global))
        {
            errors.Add($"globalTier.rule is '{settings.GlobalTier.Rule}', which needs an update of the server's own; "
                + "there are only clusters' aggregates at the global tier: use it as clusterTier.rule");
        }
        else if (global is not null)
        {
            CheckCount("globalTier", TierRules.GlobalBuffer(settings), global, others: 0, errors);
        }

        if (cluster is null)
            return;
        var others = TierRules.NeedsReference(cluster) ? 1 : 0;
        // The smallest cluster's error is every other's, too.
        var smallest = settings.Clusters.MinBy(
            key => Fewest(TierRules.ClusterBuffer(settings, Cohort.Of(settings, key))));
        if (smallest is not null)
        {
            CheckCount(
                $"clusterTier of cluster '{smallest}'",
                TierRules.ClusterBuffer(settings, Cohort.Of(settings, smallest)),
                cluster,
                others,
                errors);
        }
    }

    /// <summary>Whether the cluster's rule can still combine what comes when so many of the cohort are
    /// suspended.</summary>
    /// <exception cref="ArgumentException">It can't, ever.</exception>
    public static void RequireEnough(FederationSettings settings, Cohort cohort, int away)
    {
        var rule = TierRules.RuleOf(settings.ClusterTier);
        rule?.RequireEnough(Fewest(TierRules.ClusterBuffer(settings, cohort, away)) - (rule.NeedsReference ? 1 : 0));
    }

    private static IRobustRule? Parse(string name, TierSettings tier, List<string> errors)
    {
        try
        {
            return TierRules.RuleOf(tier);
        }
        catch (ArgumentException error)
        {
            errors.Add($"{name}.rule: {error.Message}");
            return null;
        }
    }

    private static void CheckTrust(FederationSettings settings, IRobustRule? rule, List<string> errors)
    {
        if (!TierRules.NeedsReference(rule))
        {
            errors.AddRange(settings.Roster.Where(entry => entry.Trusted).Select(entry =>
                $"participant '{entry.Name}' is trusted, but clusterTier.rule is '{settings.ClusterTier.Rule}'; only "
                + "fltrust compares updates with a trusted one: clear trusted, or change the rule"));
            return;
        }

        if (settings.ClusterTier.Goal != 0)
        {
            errors.Add($"clusterTier.goal is {settings.ClusterTier.Goal}; with rule '{settings.ClusterTier.Rule}' it "
                + "must be 0 (the whole cohort), so that the trusted update is among them");
        }

        foreach (var cluster in settings.Clusters)
        {
            var trusted = settings.Roster.Count(entry => entry.Cluster == cluster && entry.Trusted);
            if (trusted != 1)
            {
                errors.Add($"cluster '{cluster}' has {trusted} trusted participants; rule "
                    + $"'{settings.ClusterTier.Rule}' needs exactly 1: mark one roster entry of it as trusted");
            }
        }
    }

    /// <summary>With so many contributions a buffer may close.</summary>
    private static int Fewest(BufferRule buffer) => buffer.HasDeadline ? buffer.Quorum : buffer.Goal;

    /// <param name="others">Contributions that count towards the goal but are no input of the rule.</param>
    private static void CheckCount(string name, BufferRule buffer, IRobustRule rule, int others, List<string> errors)
    {
        try
        {
            rule.RequireEnough(Fewest(buffer) - others);
        }
        catch (ArgumentException error)
        {
            errors.Add($"{name}: {error.Message}");
        }
    }
}

/// <summary>
/// Whether a federation's settings keep SCAFFOLD's invariant: the server's c is the mean of all participants' c_i
/// (Karimireddy 2020, section 4). It holds as long as every accepted change of a c_i counts once, for 1 / N; c then
/// needs no arithmetic of its own, for it is folded as the second half of the vector [x; c].
/// </summary>
internal sealed class ControlChecks
{
    private const string OrOff = "or set training.controlVariates to false";

    private readonly FederationSettings _settings;
    private readonly List<string> _errors;

    private ControlChecks(FederationSettings settings, List<string> errors)
    {
        _settings = settings;
        _errors = errors;
    }

    public static void Check(FederationSettings settings, List<string> errors)
    {
        if (!settings.Training.ControlVariates)
            return;
        var checks = new ControlChecks(settings, errors);
        checks.CheckWeights();
        checks.CheckTiers();
        checks.CheckTraining();
    }

    /// <summary>What is left for a later update changes a c_i before it changes c.</summary>
    public static void CheckCodec(FederationSettings settings, IBlockCodec codec, List<string> errors)
    {
        if (settings.Training.ControlVariates && codec.NeedsErrorFeedback)
        {
            errors.Add(
                $"codec is '{settings.Codec}' with training.controlVariates; it must be one without error feedback, "
                + $"such as float32 or int8: set it so, {OrOff}");
        }
    }

    private void CheckWeights()
    {
        var arithmetic = _settings.Arithmetic;
        Require("mode", _settings.Mode, FederationMode.Sync);
        Require("arithmetic.normalisation", arithmetic.Normalisation, Normalisations.Cohort);
        Require("arithmetic.staleness", arithmetic.Staleness, "constant");
        Require("arithmetic.exampleCap", arithmetic.ExampleCap, 1);
        Require("optimizer.kind", _settings.Optimizer.Kind, "none");
        Require("optimizer.learningRate", _settings.Optimizer.LearningRate, 1.0);
        Require("specialisation", _settings.Specialisation, 0.0);
    }

    private void CheckTiers()
    {
        Require("clusterTier.goal", _settings.ClusterTier.Goal, 0);
        Require("clusterTier.rule", _settings.ClusterTier.Rule, RobustRules.Mean);
        Require("globalTier.goal", _settings.GlobalTier.Goal, 0);
        Require("globalTier.rule", _settings.GlobalTier.Rule, RobustRules.Mean);
        // A cluster that is missing would count at the mean weight of the others, not at its own.
        Require("globalTier.deadlineSeconds", _settings.GlobalTier.DeadlineSeconds, 0.0);
    }

    private void CheckTraining()
    {
        var training = _settings.Training;
        Require("training.optimizer", training.Optimizer, "sgd");
        Require("training.novaSteps", training.NovaSteps, 0.0);
        var pull = training.LearningRate * training.ProximalMu;
        if (pull > 1)
        {
            _errors.Add(
                $"training.learningRate x training.proximalMu is {pull} with training.controlVariates; it must be at "
                + $"most 1: lower proximalMu, {OrOff}");
        }
    }

    private void Require<T>(string property, T value, T needed)
    {
        if (EqualityComparer<T>.Default.Equals(value, needed))
            return;
        var (found, wanted) = (Text(value), Text(needed));
        _errors.Add(
            $"{property} is {found} with training.controlVariates; it must be {wanted}: set it to {wanted}, {OrOff}");
    }

    private static string Text<T>(T value) => value is FederationMode mode
        ? mode.ToString().ToLowerInvariant()
        : $"{value}";
}

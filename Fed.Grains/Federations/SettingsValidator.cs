using Fed.Contracts;
using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Fed.Core.Aggregation;
using Fed.Core.Codecs;
using Fed.Folding;

namespace Fed.Grains.Federations;

/// <summary>
/// Checks a federation's settings as a whole: every error is collected, each names property, value and remedy.
/// </summary>
public static class SettingsValidator
{
    public const int MaxClusters = 1_000;
    public const int MaxParticipants = 100_000;
    public const int MaxClasses = 255;
    private const int MaxNameLength = 64;
    private const int MaxSeconds = 2_592_000;

    /// <exception cref="RefusedException">All that is wrong, joined.</exception>
    public static void Validate(FederationSettings settings)
    {
        var errors = new List<string>();
        Check(errors, () => Names.Require(settings.Name, "federation"));
        Check(errors, () => Names.Require(settings.Task, "task"));
        CheckData(settings, errors);
        CheckRoster(settings, errors);
        CheckArithmetic(settings, errors);
        CheckTraining(settings, errors);
        ControlChecks.Check(settings, errors);
        if (settings.Specialisation is not (>= 0 and < 1))
            errors.Add($"specialisation is {settings.Specialisation}; it must be 0 to below 1");
        if (settings.HoldSeconds is not (>= 0 and <= MaxSeconds))
            errors.Add(
                $"holdSeconds is {settings.HoldSeconds}; it must be 0 (hand out at once) to {MaxSeconds} (30 days)");
        CheckModelName("initialModel", settings.InitialModel, errors);
        CheckModelName("extractor.source", settings.Extractor?.Source, errors);
        if (settings.EvaluateEvery < 0)
            errors.Add($"evaluateEvery is {settings.EvaluateEvery}; it must be 0 (only the last version) or above");
        if (settings.TargetVersions < 0)
            errors.Add($"targetVersions is {settings.TargetVersions}; it must be 0 (no end) or above");
        if (errors.Count > 0)
        {
            throw new RefusedException(
                RefusalCode.InvalidSettings,
                string.Join("; ", errors),
                "correct the settings named and create the federation again");
        }
    }

    /// <summary>What a model's tensors must be is checked where it is opened.</summary>
    private static void CheckModelName(string property, string? name, List<string> errors)
    {
        if (name is null || (name.Length == 64 && name.All(char.IsAsciiHexDigitLower)))
            return;
        errors.Add($"{property} is '{name}'; it must be the SHA-256 of a model that this silo has, 64 "
            + "lower-case hex digits, or, in a federation's file, the path of a .safetensors file");
    }

    private static void CheckData(FederationSettings settings, List<string> errors)
    {
        if (settings.Features is { } features && features.Length is < 1 or > MaxNameLength)
            errors.Add($"features has {settings.Features.Length} characters; it must have 1 to {MaxNameLength}");
        if (settings.Classes is not { } classes)
            return;
        if (classes.Count is < 2 or > MaxClasses)
            errors.Add($"classes has {classes.Count} entries; it must have 2 to {MaxClasses}");
        foreach (var name in classes.Where(name => name.Length is < 1 or > MaxNameLength))
            errors.Add($"classes has '{name}'; a name must have 1 to {MaxNameLength} characters");
        if (classes.Distinct(StringComparer.Ordinal).Count() < classes.Count)
            errors.Add("classes names one class twice; names must be unique");
    }

    private static void CheckRoster(FederationSettings settings, List<string> errors)
    {
        if (settings.Clusters.Count is < 1 or > MaxClusters)
            errors.Add($"clusters has {settings.Clusters.Count} entries; it must have 1 to {MaxClusters}");
        if (settings.Roster.Count is < 1 or > MaxParticipants)
            errors.Add($"roster has {settings.Roster.Count} entries; it must have 1 to {MaxParticipants}");
        foreach (var cluster in settings.Clusters)
        {
            Check(errors, () => Names.Require(cluster, "cluster"));
            if (TierNames.Reserved.Contains(cluster))
                errors.Add($"cluster '{cluster}' has a reserved name; choose another");
        }

        var clusters = settings.Clusters.ToHashSet(StringComparer.Ordinal);
        if (clusters.Count != settings.Clusters.Count)
            errors.Add("clusters names one key twice; keys must be unique");
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in settings.Roster)
        {
            Check(errors, () => Names.Require(entry.Name, "participant"));
            if (!names.Add(entry.Name))
                errors.Add($"roster names participant '{entry.Name}' twice; a participant is in one cluster");
            if (!clusters.Contains(entry.Cluster))
                errors.Add($"participant '{entry.Name}' is in cluster '{entry.Cluster}', which clusters does not name");
        }

        clusters.ExceptWith(settings.Roster.Select(entry => entry.Cluster));
        errors.AddRange(
            clusters.Select(key => $"cluster '{key}' has no participant; add one to the roster or drop it"));
    }

    private static void CheckArithmetic(FederationSettings settings, List<string> errors)
    {
        var arithmetic = settings.Arithmetic;
        Check(errors, () => StalenessFunctions.Parse(arithmetic.Staleness));
        Check(errors, () => ControlChecks.CheckCodec(settings, BlockCodecs.ByName(settings.Codec), errors));
        Check(errors, () => FoldSettings.OptimizerOf(settings.Optimizer));
        if (!Normalisations.All.Contains(arithmetic.Normalisation))
            errors.Add(
                $"normalisation is '{arithmetic.Normalisation}'; it must be {string.Join(", ", Normalisations.All)}");
        if (arithmetic.ExampleCap is < 1 or > IntegerWeight.MaxExampleCap)
            errors.Add($"exampleCap is {arithmetic.ExampleCap}; it must be 1 to {IntegerWeight.MaxExampleCap}");
        CheckTier("clusterTier", settings.ClusterTier, errors);
        CheckTier("globalTier", settings.GlobalTier, errors);
        RuleChecks.Check(settings, errors);
        if (errors.Count == 0)
            Check(errors, () => TierRules.BudgetOf(settings).Validate());
    }

    private static void CheckTier(string name, TierSettings tier, List<string> errors)
    {
        if (tier.Goal is < 0 or > MaxParticipants)
            errors.Add($"{name}.goal is {tier.Goal}; it must be 0 (the whole cohort) to {MaxParticipants}");
        if (tier.Quorum < 1 || (tier.Goal > 0 && tier.Quorum > tier.Goal))
            errors.Add($"{name}.quorum is {tier.Quorum}; it must be 1 to the goal");
        if (tier.DeadlineSeconds is not (>= 0 and <= MaxSeconds))
            errors.Add(
                $"{name}.deadlineSeconds is {tier.DeadlineSeconds}; it must be 0 (none) to {MaxSeconds} (30 days)");
        if (tier.MaxStaleness is < 0 or > 10_000)
            errors.Add($"{name}.maxStaleness is {tier.MaxStaleness}; it must be 0 to 10000");
    }

    private static void CheckTraining(FederationSettings settings, List<string> errors)
    {
        var training = settings.Training;
        if (training.Epochs is < 1 or > 1_000)
            errors.Add($"training.epochs is {training.Epochs}; it must be 1 to 1000");
        if (training.BatchSize is < 1 or > 65_536)
            errors.Add($"training.batchSize is {training.BatchSize}; it must be 1 to 65536");
        if (!(training.LearningRate > 0) || !double.IsFinite(training.LearningRate))
            errors.Add($"training.learningRate is {training.LearningRate}; it must be a finite number above 0");
        if (training.Optimizer is not ("sgd" or "adam"))
            errors.Add($"training.optimizer is '{training.Optimizer}'; it must be sgd or adam");
        if (training.Momentum is not (>= 0 and < 1))
            errors.Add($"training.momentum is {training.Momentum}; it must be 0 to below 1");
        if (training.LearningRateDecay is not (>= 0 and < 1))
            errors.Add(
                $"training.learningRateDecay is {training.LearningRateDecay}; it must be 0 (constant) to below 1");
        else if (training.LearningRateDecay > 0 && settings.TargetVersions == 0)
            errors.Add("training.learningRateDecay needs an end to decay to; set targetVersions, or the decay to 0");
        if (!(training.ProximalMu >= 0) || !(training.WeightDecay >= 0))
            errors.Add("training.proximalMu and training.weightDecay must be 0 or above");
        CheckNova(training, errors);
    }

    private static void CheckNova(TrainingPolicy training, List<string> errors)
    {
        if (!(training.NovaSteps >= 0) || !double.IsFinite(training.NovaSteps))
            errors.Add($"training.novaSteps is {training.NovaSteps}; it must be 0 (off) or a finite number above 0");
        if (!(training.NovaSteps > 0))
            return;
        if (training.Optimizer == "adam")
        {
            errors.Add(
                $"training.novaSteps is {training.NovaSteps} with training.optimizer adam, whose steps are not linear "
                + "in the gradients; set optimizer to sgd, or novaSteps to 0");
        }

        var pull = training.LearningRate * training.ProximalMu;
        if (pull > 1)
        {
            errors.Add(
                $"training.novaSteps is {training.NovaSteps} with learningRate x proximalMu {pull}; the product must be "
                + "at most 1: lower proximalMu, or set novaSteps to 0");
        }
    }

    private static void Check(List<string> errors, Action check)
    {
        try
        {
            check();
        }
        catch (Exception error) when (error is ArgumentException or RefusedException)
        {
            errors.Add(error is RefusedException refused ? $"{refused.Message} ({refused.Remedy})" : error.Message);
        }
    }
}

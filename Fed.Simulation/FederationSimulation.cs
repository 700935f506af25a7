using Fed.Contracts;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Contracts.Versions;
using Fed.Grains.Clusters;
using Fed.Grains.Federations;
using Fed.Grains.Global;

namespace Fed.Simulation;

/// <summary>What came of a seed.</summary>
/// <param name="Violations">What must not have been; empty: all held.</param>
public sealed record SimulationResult(
    int Seed, int Crashes, int Acknowledged, long Versions, IReadOnlyList<string> Violations, IEnumerable<string> Trace);

/// <summary>
/// A small federation in virtual time: crashes, failing and unanswered writes, lost, late and repeated messages, for as
/// long as things go wrong; then everything must come to its end. A seed decides all of it.
/// </summary>
public static class FederationSimulation
{
    private static readonly TimeSpan Trouble = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Limit = TimeSpan.FromHours(2);

    public static SimulationResult Run(int seed)
    {
        var world = new World(seed);
        var settings = Draw(world.Random);
        var disk = new SimulatedDisk(world);
        var silo = new SimulatedSilo(world, disk, settings);
        SimulatedParticipant[] participants =
            [.. settings.Roster.Select(entry => new SimulatedParticipant(world, silo, entry))];
        world.At(TimeSpan.Zero, silo.WakeAll);
        foreach (var participant in participants)
            world.At(TimeSpan.Zero, () => _ = participant.LiveAsync());
        for (var crash = 0; crash < 1 + world.Random.Next(3); crash++)
            world.At(Trouble * world.Random.NextDouble(), silo.Crash);
        for (var order = world.Random.Next(4) == 0 ? 2 : 0; order > 0; order--)
            world.At(Trouble * world.Random.NextDouble(), () => _ = OrderRollbackAsync(world, silo));
        world.At(Trouble, () => world.Faulty = false);

        var ended = world.RunUntil(
            () => !world.Faulty && participants.All(participant => participant.IsDone) && IsQuiet(disk, settings), Limit);
        if (!ended)
            silo.Violations.Add($"nothing more happens at {world.Now}, and the federation has not come to its end");
        Receipt[] receipts = [.. participants.SelectMany(participant => participant.Receipts)];
        Check(silo, disk, receipts);
        return new SimulationResult(
            seed,
            silo.Crashes,
            receipts.Length,
            disk.Read<GlobalState>(TierNames.Global)?.Version ?? -1,
            silo.Violations,
            world.Trace);
    }

    private static async Task OrderRollbackAsync(World world, SimulatedSilo silo)
    {
        try
        {
            var view = await world.Call(Life.Eternal, () => silo.Global.GetView());
            if (view.Version > 0)
            {
                var target = world.Random.Next((int)view.Version);
                await world.Call(
                    Life.Eternal, () => silo.Global.RollBack(new RollbackRequest(target, "steward", "simulated")));
            }
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            world.Note($"the steward's order was not answered: {error.Message}");
        }
    }

    /// <summary>Nothing is left to be sent.</summary>
    private static bool IsQuiet(SimulatedDisk disk, FederationSettings settings) =>
        settings.Clusters.All(cluster =>
            disk.Read<ClusterState>($"cluster/{cluster}") is { Finished: true, Outbox.IsEmpty: true })
        && disk.Read<GlobalState>(TierNames.Global) is { } global
        && settings.Clusters.Append(TierNames.Global).All(tier => Missing(disk, tier, NewestOf(disk, tier)) is null)
        && global.Finished;

    private static string NewestOf(SimulatedDisk disk, string tier) => tier == TierNames.Global
        ? disk.Read<GlobalState>(tier)?.ManifestSha256 ?? ""
        : disk.Read<ClusterState>($"cluster/{tier}")?.ManifestSha256 ?? "";

    /// <summary>A version that the registry does not have as the chain has it; null: none.</summary>
    private static string? Missing(SimulatedDisk disk, string tier, string newest)
    {
        long version = long.MaxValue;
        foreach (var (hash, manifest) in disk.Chain(newest))
        {
            // A fold that waits for its version has that one's number, and is none itself.
            if (manifest.Number < version && IsVersion(disk, tier, hash, manifest))
            {
                if (disk.Registry.GetValueOrDefault((tier, manifest.Number)) != hash)
                    return $"version {manifest.Number} of {tier} ({hash}) is not in the registry";
                version = manifest.Number;
            }
        }

        return null;
    }

    private static bool IsVersion(SimulatedDisk disk, string tier, string hash, VersionManifest manifest) =>
        tier == TierNames.Global || manifest.Kind != "fold"
        || disk.Read<ClusterState>($"cluster/{tier}") is not { AwaitingGlobal: true } state || state.ManifestSha256 != hash;

    private static void Check(SimulatedSilo silo, SimulatedDisk disk, Receipt[] acknowledged)
    {
        var counted = new Dictionary<(string, long), string>();
        var merged = new HashSet<string>(StringComparer.Ordinal);
        foreach (var cluster in silo.Settings.Clusters)
        {
            foreach (var (hash, manifest) in disk.Chain(NewestOf(disk, cluster)))
            {
                foreach (var receipt in manifest.Contributions.Concat(manifest.Quarantined))
                    Count(receipt, hash);
                CheckTold(cluster, manifest);
            }

            foreach (var pending in disk.Read<ClusterState>($"cluster/{cluster}")?.Pending ?? [])
                Count(pending.Receipt, "the ledger");
        }

        foreach (var (hash, manifest) in disk.Chain(NewestOf(disk, TierNames.Global)))
        {
            CheckTold(TierNames.Global, manifest);
            foreach (var aggregate in ManifestChain.Merged(manifest).Concat(manifest.QuarantinedAggregates))
            {
                if (!merged.Add(aggregate))
                    silo.Violations.Add($"aggregate {aggregate} is merged twice, again in {hash}");
            }
        }

        foreach (var receipt in acknowledged)
        {
            if (!counted.TryGetValue((receipt.Participant, receipt.Sequence), out var sha256))
                silo.Violations.Add($"update {receipt.Sequence} of {receipt.Participant} was acknowledged and is lost");
            else if (sha256 != receipt.Sha256)
                silo.Violations.Add($"update {receipt.Sequence} of {receipt.Participant} counts with other bytes");
        }

        void Count(Receipt receipt, string where)
        {
            if (!counted.TryAdd((receipt.Participant, receipt.Sequence), receipt.Sha256))
                silo.Violations.Add(
                    $"update {receipt.Sequence} of {receipt.Participant} counts twice, again in {where}");
        }

        void CheckTold(string tier, VersionManifest manifest)
        {
            // A held fold has the number of the version that follows it.
            var isHeld = tier != TierNames.Global
                && manifest.Kind == "fold"
                && (silo.Settings.Mode == FederationMode.Sync || silo.Settings.HoldSeconds > 0);
            if (!isHeld
                && silo.Told.TryGetValue((tier, manifest.Number), out var told)
                && told != manifest.ModelSha256)
            {
                silo.Violations.Add(
                    $"version {manifest.Number} of {tier} was told as {told} and is {manifest.ModelSha256}");
            }
        }
    }

    private static FederationSettings Draw(Random random)
    {
        T Pick<T>(params T[] choices) => choices[random.Next(choices.Length)];
        string[] clusters = random.Next(2) == 0 ? ["h264", "av1"] : ["h264", "av1", "vp9"];
        var synchronous = random.Next(2) == 0;
        var hurries = random.Next(3) == 0 ? 3 : 0;
        var settings = new FederationSettings
        {
            Name = "simulated",
            Task = "media-qc",
            Model = "{}",
            Clusters = clusters,
            Roster =
            [
                .. Enumerable.Range(0, 4 + random.Next(3))
                    .Select(i => new RosterEntry($"p{i}", clusters[i % clusters.Length])),
            ],
            Mode = synchronous ? FederationMode.Sync : FederationMode.Async,
            Arithmetic = new ArithmeticSettings
            {
                // The last one weighs late aggregates 0: they are refused for good.
                Staleness = Pick("polynomial:0.5", "constant", "exponential:1"),
                Normalisation = Pick([.. Normalisations.All]),
            },
            ClusterTier = new TierSettings
            {
                Goal = synchronous ? 0 : random.Next(3),
                DeadlineSeconds = hurries,
                MaxStaleness = Pick(50, 4),
                Rule = Pick("mean", "mean", "median", "norm-bound:1"),
            },
            GlobalTier = new TierSettings
            {
                Goal = synchronous ? 0 : random.Next(3),
                DeadlineSeconds = hurries,
                MaxStaleness = Pick(50, 2),
            },
            Specialisation = Pick(0, 0, 0.25),
            TargetVersions = Pick(2, 3, 5, 8),
            HoldSeconds = !synchronous && random.Next(2) == 0 ? 4 : 0,
        };
        try
        {
            SettingsValidator.Validate(settings);
            return settings;
        }
        catch (RefusedException) when (settings.ClusterTier.Rule != "mean")
        {
            return settings with { ClusterTier = settings.ClusterTier with { Rule = "mean" } };
        }
    }
}

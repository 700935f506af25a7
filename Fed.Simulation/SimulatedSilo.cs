using System.Security.Cryptography;
using System.Text;
using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Versions;
using Fed.Grains.Participants;
using Fed.Grains.Persistence;

namespace Fed.Simulation;

/// <summary>The process that dies: its actors, each made again from the disk when it is called and has none.</summary>
internal sealed class SimulatedSilo(World world, SimulatedDisk disk, FederationSettings settings)
{
    public const string InitialModel = "initial";

    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, ClusterShell> _clusters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ParticipantShell> _participants = new(StringComparer.Ordinal);
    private GlobalShell? _global;

    public Life Life { get; private set; } = new();

    public SimulatedDisk Disk => disk;

    public FederationSettings Settings => settings;

    public int Crashes { get; private set; }

    /// <summary>Models of the versions that somebody was told of: they must still be those at the end.</summary>
    public Dictionary<(string Tier, long Version), string> Told { get; } = [];

    public List<string> Violations { get; } = [];

    public GlobalShell Global => _global is { Life.IsAlive: true } ? _global : _global = new GlobalShell(world, this);

    public ClusterShell Cluster(string name) => _clusters.TryGetValue(name, out var known) && known.Life.IsAlive
        ? known
        : _clusters[name] = new ClusterShell(world, this, name);

    public ParticipantShell Participant(string name) =>
        _participants.TryGetValue(name, out var known) && known.Life.IsAlive
            ? known
            : _participants[name] = new ParticipantShell(world, this, name);

    /// <summary>SIGKILL, and a while later another process on the same disk.</summary>
    public void Crash()
    {
        Crashes++;
        world.Note($"the silo dies");
        Life.End();
        Life = new Life();
        world.At(TimeSpan.FromSeconds(1 + 4 * world.Random.NextDouble()), Life, WakeAll);
    }

    public void WakeAll()
    {
        Wake(TierNames.Global);
        foreach (var cluster in settings.Clusters)
            Wake(cluster);
        world.At(ReminderPeriod, Life, WakeAll);
    }

    public void Wake(string tier) => _ = world.Call(
        Life, () => tier == TierNames.Global ? Global.Remind() : Cluster(tier).Remind());

    /// <summary>Somebody was told of this version.</summary>
    public void Seen(string tier, long version, string model)
    {
        if (!Told.TryAdd((tier, version), model) && Told[(tier, version)] != model)
            Violations.Add($"version {version} of {tier} was told as {Told[(tier, version)]}, then as {model}");
    }

    /// <summary>The same request gives the same names.</summary>
    public async Task<FoldResult> FoldAsync(Life life, FoldRequest request)
    {
        await world.Pause(life, 0.3);
        if (world.Chance(30))
            throw new IOException("a blob cannot be read");
        var name = string.Join("+", request.Inputs.Select(input => $"{input.Factor}/{input.Weight}*{input.Sha256}"));
        return new FoldResult(
            request.KeepModel ? NameOf($"{request.BaseModel}+{name}") : null,
            request.KeepSums ? NameOf(name) : null,
            null,
            request.Inputs.Sum(input => input.Weight),
            request.Inputs.Sum(input => input.Count));
    }

    /// <summary>As a blob is named by its content.</summary>
    private static string NameOf(string content) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))[..12];

    public async Task<bool> RecordAsync(VersionRecord version)
    {
        await world.Pause(Life);
        if (world.Chance(10))
            throw new IOException("the registry refuses");
        disk.Registry[(version.Tier, version.Number)] = version.ManifestSha256;
        return true;
    }
}

/// <summary>A participant's own watermark, as ParticipantGrain keeps it.</summary>
internal sealed class ParticipantShell
{
    private readonly DurableState<ParticipantRecord> _state;

    public ParticipantShell(World world, SimulatedSilo silo, string name)
    {
        Life = new Life(silo.Life);
        _state = new DurableState<ParticipantRecord>(
            silo.Disk.Open<ParticipantRecord>(Life, $"participant/{name}"), TimeProvider.System, Life.End);
    }

    public Life Life { get; }

    public async Task<Watermark> GetWatermark()
    {
        await _state.SettleAsync();
        return _state.Committed.Watermark;
    }

    public async Task<bool> Settle(Watermark watermark)
    {
        if (watermark.Sequence > _state.Latest.Watermark.Sequence)
            await _state.ChangeAsync(state => state with { Watermark = watermark });
        else
            await _state.SettleAsync();
        return true;
    }
}

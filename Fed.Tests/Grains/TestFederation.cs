using System.Security.Cryptography;
using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Keys;
using Fed.Contracts.Participants;
using Fed.Contracts.Storage;
using Fed.Contracts.Versions;
using Fed.Core.Blocks;
using Fed.Core.Codecs;
using Fed.Core.Models;
using Fed.Grains.Federations;
using Fed.Grains.Folding;
using Fed.Grains.Persistence;
using Fed.Grains.Placement;
using Fed.Grains.Telemetry;
using Fed.Grains.Versions;
using Fed.Silo.Gateway;
using Fed.Silo.Keys;
using Fed.Silo.Storage;
using Fed.Tests.Actors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Hosting;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace Fed.Tests.Grains;

/// <summary>The real actors on a real silo with a real blob store; the test speaks for the participants.</summary>
internal sealed class TestFederation : IAsyncDisposable
{
    public const int Parameters = 10_000; // two blocks, the second one short

    private static readonly string PublicKey = NewPublicKey();

    private readonly string _folder = Directory.CreateTempSubdirectory("fed-grains-").FullName;
    private readonly Dictionary<string, long> _sequences = [];
    private readonly FileBlobStore _files;
    private LongPolls _polls = null!;

    private TestFederation() => _files = new FileBlobStore(new FileBlobOptions { Root = _folder });

    public static ModelLayout Layout { get; } = new([("0.weight", [100, 99]), ("0.bias", [100])]);

    public TestSilo Silo { get; private set; } = null!;

    public FederationSettings Settings { get; private set; } = null!;

    public string InitialModel { get; private set; } = "";

    public IReadOnlyList<string> BlobNames =>
        [.. Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Select(Path.GetFileName)
            .OfType<string>().Where(name => name.Length == 64).Order(StringComparer.Ordinal)];

    public IBlobStore Blobs => Silo.Services.GetRequiredService<IBlobStore>();

    /// <summary>A silo and one federation on it.</summary>
    public static async Task<TestFederation> StartAsync(
        FederationSettings settings,
        TimeProvider? time = null,
        int foldWorkers = 1,
        Action<ISiloBuilder>? configure = null)
    {
        var test = new TestFederation();
        test.Silo = await TestSilo.StartAsync(silo =>
        {
            silo.Services.AddSingleton<IGrainStorageSerializer, StateJson>();
            // Orleans' own keeps state in actors, which a silo that stops no longer makes: a last write would hang.
            silo.Services.AddGrainStorage(StateStore.Name, (_, _) => new FaultyStorage());
            silo.UseInMemoryReminderService();
            if (time is not null)
                UseClock(silo.Services, time);
            silo.Services.AddSingleton(new FoldOptions(foldWorkers));
            silo.AddPlacementDirector<SpreadPlacement, SpreadPlacementDirector>();
            silo.Services.AddSingleton<FoldJobs>();
            FedMetrics.AddTo(silo.Services);
            silo.Services.AddSingleton<Setbacks>();
            silo.Services.AddSingleton<IFederationKeys>(new KeyFolder(Path.Combine(test._folder, "keys")));
            silo.Services.AddSingleton<ManifestStore>();
            silo.Services.AddSingleton<IBlobStore>(test._files);
            configure?.Invoke(silo);
        });
        test._polls = new LongPolls(test.Silo.Grains, time ?? TimeProvider.System, NullLogger<LongPolls>.Instance);
        await test.CreateAsync(settings);
        return test;
    }

    private static void UseClock(IServiceCollection services, TimeProvider time)
    {
        services.Replace(ServiceDescriptor.Singleton(time));
        services.AddKeyedSingleton(KeyedService.AnyKey, (TimeProvider)new CreepingClock(time));
        foreach (var exact in (string[])[TimeProviderNames.Grains, TimeProviderNames.Messaging])
            services.AddKeyedSingleton(exact, time);
    }

    /// <summary>Another federation on the same silo, with the same initial model.</summary>
    public async Task CreateAsync(FederationSettings settings)
    {
        Settings = settings;
        _sequences.Clear();
        await using (var blob = await Blobs.CreateAsync(CancellationToken.None))
        {
            Safetensors.Write(blob.Stream, Layout, Values(seed: 7, scale: 1));
            InitialModel = await blob.CommitAsync(CancellationToken.None);
        }

        await Silo.Grains.GetGrain<IFederationIndexGrain>(IFederationIndexGrain.Key).Add(settings.Name);
        await Federation.Create(settings, InitialModel, Layout.Hash, Parameters, extractor: null);
        foreach (var entry in settings.Roster)
            await Participant(entry.Name).Enrol(EnrolmentOf(entry.Name));
    }

    public EnrolmentRequest EnrolmentOf(string participant) => new(
        Settings.Roster.First(entry => entry.Name == participant).Cluster, Settings.Task, PublicKey);

    public IModelRegistryGrain Registry => Silo.Grains.GetGrain<IModelRegistryGrain>(Settings.Name);

    public IFederationGrain Federation => Silo.Grains.GetGrain<IFederationGrain>(Settings.Name);

    public IGlobalAggregatorGrain Global => Silo.Grains.GetGrain<IGlobalAggregatorGrain>(Settings.Name);

    public IParticipantGrain Participant(string name) =>
        Silo.Grains.GetGrain<IParticipantGrain>(GrainKeys.Within(Settings.Name, name));

    public IClusterAggregatorGrain Cluster(string key) =>
        Silo.Grains.GetGrain<IClusterAggregatorGrain>(GrainKeys.Within(Settings.Name, key));

    /// <summary>A valid update's bytes in the store and the offer for them.</summary>
    public async Task<ContributionOffer> OfferAsync(
        string participant,
        int seed,
        long examples = 32,
        string? baseModel = null,
        long? sequence = null,
        float scale = 0.01f)
    {
        baseModel ??= InitialModel;
        await using var blob = await Blobs.CreateAsync(CancellationToken.None);
        using var file = new MemoryStream();
        UpdateWriter.Write(
            file, Values(seed, scale), BlockCodecs.ByName("float32"), examples, baseModel, Layout.Hash);
        await blob.Stream.WriteAsync(file.ToArray());
        var sha256 = await blob.CommitAsync(CancellationToken.None);
        var next = sequence ?? _sequences.GetValueOrDefault(participant) + 1;
        _sequences[participant] = next;
        return new ContributionOffer(participant, next, sha256, file.Length, baseModel, examples, Signature: "none");
    }

    public async Task<Receipt> SendAsync(
        string participant,
        int seed,
        long examples = 32,
        string? baseModel = null,
        long? sequence = null,
        float scale = 0.01f) => await ContributeAsync(
            await OfferAsync(participant, seed, examples, baseModel, sequence, scale));

    /// <summary>As the gateway does, whose bytes are durable then.</summary>
    public async Task<Receipt> ContributeAsync(ContributionOffer offer)
    {
        var claimed = offer with { Examples = ContributionOffer.NotYetKnown };
        var opened = await Participant(offer.Participant).Open(claimed, CancellationToken.None);
        if (opened.Refused is { } refused)
            throw refused;
        return opened.First ?? (await Cluster(opened.Cluster).Contribute(offer, CancellationToken.None)).Receipt;
    }

    public Task<ParticipantTask?> NextTaskAsync(string participant, TimeSpan wait) =>
        _polls.NextTaskAsync(Settings.Name, participant, wait, CancellationToken.None);

    public Task WaitForChangeAsync(string cluster, long known, TimeSpan wait) =>
        _polls.WaitForChangeAsync(Settings.Name, cluster, known, wait, CancellationToken.None);

    public FoldJobs Folds => Silo.Services.GetRequiredService<FoldJobs>();

    /// <summary>Parameters of a stored model.</summary>
    public async Task<float[]> ModelAsync(string sha256)
    {
        using var blob = await Blobs.OpenAsync(sha256, CancellationToken.None);
        return Safetensors.ReadParameters(blob!, Layout);
    }

    /// <summary>Flips a bit in the last block of a stored file.</summary>
    public void Damage(string sha256)
    {
        using var file = File.Open(Path.Combine(_folder, sha256[..2], sha256), FileMode.Open);
        file.Seek(-1, SeekOrigin.End);
        var last = file.ReadByte();
        file.Seek(-1, SeekOrigin.End);
        file.WriteByte((byte)(last ^ 4));
    }

    public Task<VersionManifest> ManifestAsync(string sha256) =>
        Silo.Services.GetRequiredService<ManifestStore>().ReadAsync(sha256);

    /// <summary>
    /// The manifest that the last contributions of a cluster are in: by the chain of its own ledger, for the registry
    /// hears of versions later.
    /// </summary>
    public async Task<VersionManifest> LastFoldAsync(string cluster)
    {
        for (var next = (await Cluster(cluster).GetLedger()).ManifestSha256; next is not null;)
        {
            var manifest = await ManifestAsync(next);
            if (manifest.Kind == "fold")
                return manifest;
            next = ManifestChain.Previous(manifest);
        }

        throw new InvalidOperationException($"cluster '{cluster}' has folded nothing");
    }

    /// <summary>
    /// Asks until the participant's next task satisfies the condition; each question waits by signal.
    /// </summary>
    public async Task<ParticipantTask> TaskAsync(string participant, Func<ParticipantTask, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            limit.Token.ThrowIfCancellationRequested();
            var task = await _polls.NextTaskAsync(Settings.Name, participant, TimeSpan.FromSeconds(5), limit.Token);
            if (task is not null && condition(task))
                return task;
        }
    }

    /// <summary>A tier's versions, newest first, once the registry, which is told last, knows of this one.</summary>
    public async Task<IReadOnlyList<VersionRecord>> RecordedAsync(string tier, long version)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            limit.Token.ThrowIfCancellationRequested();
            var records = await Registry.GetVersions(tier, 100);
            if (records.Any(record => record.Number >= version))
                return records;
        }
    }

    /// <summary>The global version, once there are so many.</summary>
    public async Task<GlobalView> GlobalAsync(long version)
    {
        var cluster = Cluster(Settings.Clusters[0]);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            limit.Token.ThrowIfCancellationRequested();
            var seen = await cluster.GetView("observer");
            var view = await Global.GetView();
            if (view.Version >= version)
                return view;
            await WaitForChangeAsync(Settings.Clusters[0], seen.Revision, TimeSpan.FromSeconds(5));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _polls.Dispose();
        await Silo.DisposeAsync();
        _files.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public static float[] Values(int seed, float scale)
    {
        var random = new Random(seed);
        var values = new float[Parameters];
        foreach (ref var value in values.AsSpan())
            value = (random.NextSingle() * 2 - 1) * scale;
        return values;
    }

    private static string NewPublicKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
    }
}

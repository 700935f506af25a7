using System.Security.Cryptography;
using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Storage;
using Fed.Core.Blocks;
using Fed.Core.Codecs;
using Fed.Core.Models;
using Fed.Grains.Persistence;
using Fed.Silo.Storage;
using Fed.Tests.Embedded.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Hosting;

namespace Fed.Tests.Grains;

/// <summary>The real actors on a real silo with a real blob store; the test speaks for the participants.</summary>
internal sealed class TestFederation : IAsyncDisposable
{
    public const int Parameters = 10_000; // two blocks, the second one short

    private static readonly string PublicKey = NewPublicKey();

    private readonly string _folder = Directory.CreateTempSubdirectory("fed-grains-").FullName;
    private readonly Dictionary<string, long> _sequences = [];

    private TestFederation()
    {
    }

    public static ModelLayout Layout { get; } = new([("0.weight", [100, 99]), ("0.bias", [100])]);

    public TestSilo Silo { get; private set; } = null!;

    public FederationSettings Settings { get; private set; } = null!;

    public string InitialModel { get; private set; } = "";

    private IBlobStore Blobs => Silo.Services.GetRequiredService<IBlobStore>();

    /// <summary>A silo and one federation on it.</summary>
    public static async Task<TestFederation> StartAsync(FederationSettings settings, TimeProvider? time = null)
    {
        var test = new TestFederation();
        test.Silo = await TestSilo.StartAsync(silo =>
        {
            silo.AddMemoryGrainStorage(StateStore.Name);
            silo.Services.Replace(ServiceDescriptor.Singleton(time ?? TimeProvider.System));
            silo.Services.AddSingleton<IBlobStore>(new FileBlobStore(new FileBlobOptions { Root = test._folder }));
        });
        await test.CreateAsync(settings);
        return test;
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

        await Federation.Create(settings, InitialModel, Layout.Hash, Parameters);
        foreach (var entry in settings.Roster)
            await Participant(entry.Name).Enrol(new EnrolmentRequest(entry.Cluster, settings.Task, PublicKey));
    }

    public IFederationGrain Federation => Silo.Grains.GetGrain<IFederationGrain>(Settings.Name);

    public IGlobalAggregatorGrain Global => Silo.Grains.GetGrain<IGlobalAggregatorGrain>(Settings.Name);

    public IParticipantGrain Participant(string name) =>
        Silo.Grains.GetGrain<IParticipantGrain>(GrainKeys.Within(Settings.Name, name));

    public IClusterAggregatorGrain Cluster(string key) =>
        Silo.Grains.GetGrain<IClusterAggregatorGrain>(GrainKeys.Within(Settings.Name, key));

    /// <summary>A valid update's bytes in the store and the offer for them.</summary>
    public async Task<ContributionOffer> OfferAsync(
        string participant, int seed, long examples = 32, string? baseModel = null, long? sequence = null)
    {
        baseModel ??= InitialModel;
        await using var blob = await Blobs.CreateAsync(CancellationToken.None);
        using var file = new MemoryStream();
        UpdateWriter.Write(
            file, Values(seed, scale: 0.01f), BlockCodecs.ByName("float32"), examples, baseModel, Layout.Hash);
        await blob.Stream.WriteAsync(file.ToArray());
        var sha256 = await blob.CommitAsync(CancellationToken.None);
        var next = sequence ?? _sequences.GetValueOrDefault(participant) + 1;
        _sequences[participant] = next;
        return new ContributionOffer(participant, next, sha256, file.Length, baseModel, examples, Signature: "none");
    }

    public async Task<Receipt> SendAsync(
        string participant, int seed, long examples = 32, string? baseModel = null, long? sequence = null) =>
        await Participant(participant).Submit(await OfferAsync(participant, seed, examples, baseModel, sequence));

    /// <summary>
    /// Asks until the participant's next task satisfies the condition; each question waits by signal.
    /// </summary>
    public async Task<ParticipantTask> TaskAsync(string participant, Func<ParticipantTask, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            limit.Token.ThrowIfCancellationRequested();
            var task = await Participant(participant).NextTask(TimeSpan.FromSeconds(5), limit.Token);
            if (task is not null && condition(task))
                return task;
        }
    }

    /// <summary>The global version, once there are so many.</summary>
    public async Task<GlobalView> GlobalAsync(long version)
    {
        var cluster = Cluster(Settings.Clusters[0]);
        while (true)
        {
            var seen = await cluster.GetView("observer");
            var view = await Global.GetView();
            if (view.Version >= version)
                return view;
            await cluster.WaitForChange(seen.Revision, TimeSpan.FromSeconds(5), default);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Silo.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static float[] Values(int seed, float scale)
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

using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Fed.Cli.Audit;
using Fed.Client;
using Fed.Client.Agent;
using Fed.Client.Models;
using Fed.Client.Protocol;
using Fed.Contracts.Federations;
using Fed.Core.Models;
using Fed.MediaQc.Features;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Learned;
using Fed.Tests.Client.Chaos;
using Fed.Tests.Silo.Clients;
using Fed.Training;

namespace Fed.Tests.Client;

/// <summary>Federations that train a head behind frozen layers: real participants against a real silo.</summary>
public sealed class TransferFederationTests : IAsyncLifetime, IDisposable
{
    private const string Model = """
        {"name":"two","input":[3,8,8],"loss":"softmaxCrossEntropy","layers":[
          {"type":"conv2d","filters":4,"kernel":3,"padding":1},{"type":"relu"},{"type":"maxPool2d","size":2},
          {"type":"dense","units":4}]}
        """;

    private static readonly ModelSpecification s_model = ModelSpecification.Parse(Model);
    private static readonly ModelSplit s_split = ModelSplit.Cut(s_model, [0]);

    private readonly GatewaySilo _silo = new();
    private FederationClient _client = null!;
    private FederationDescription _federation = null!;

    private Extractor Extractor => _federation.Extractor!;

    public async Task InitializeAsync()
    {
        await _silo.InitializeAsync();
        _client = new FederationClient(_silo.Address);
        // Somebody's open federation, which this one has no data of.
        var open = await _silo.CreateAsync(settings => settings with { Model = Model, Seed = 77 });
        var source = await _client.DescribeAsync(open.Name, CancellationToken.None);
        _federation = await _client.CreateAsync(
            ClientSilo.Settings(targetVersions: 4) with
            {
                Model = Model,
                Classes = ["clean", "blocking", "blur", "noise"],
                Features = ScaledFeatures.Name,
                Extractor = new ExtractorSettings(source.InitialModel, [0]),
            },
            CancellationToken.None);
    }

    public async Task DisposeAsync() => await _silo.DisposeAsync();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Federation_OfBothKindsOfParticipants_ExchangesTheHeadAloneAndGivesWholeModels()
    {
        using var orleans = new AgentHarness("a", "h264", _silo.Clock);
        using var http = new AgentHarness("c", "av1") { Trainer = TrainerKind.Torch };

        await Task.WhenAll(orleans.RunAsync(_silo.Gateways), http.RunAsync(_silo.Address));

        await AgentScenes.HaveFinishedAsync(_silo.Address, 4, orleans, http);
        var head = s_split.Head(Extractor.Sha256).Layout;
        var status = await _client.StatusAsync(ClientSilo.Federation, CancellationToken.None);
        Assert.Equal(
            (head.ParameterCount, s_split.Frozen.ParameterCount), (status.Parameters, status.FrozenParameters));
        Assert.All(new[] { orleans, http }, agent => Assert.True(
            File.Exists(Path.Combine(agent.State, ".extractors", Extractor.Sha256 + ".safetensors"))));
        // An update is the head's values, and less than a kilobyte of header and index.
        Assert.All(status.Clusters.Where(tier => tier.Accepted > 0), tier => Assert.InRange(
            tier.BytesAccepted / tier.Accepted, head.ParameterCount * 4, head.ParameterCount * 4 + 1000));
        foreach (var (agent, cluster) in new[] { (orleans, "h264"), (http, "av1") })
            await EvaluatesAsTheWholeModelAsync(agent, cluster);
        await ExportsWholeAsync();
        await AuditsWithTheExtractorAsync();
    }

    /// <summary>What the participant has said of a version comes out again, of the whole model on its samples.</summary>
    private async Task EvaluatesAsTheWholeModelAsync(AgentHarness agent, string cluster)
    {
        var said = agent.Events.Last(line => line.Event == AgentEventKind.Evaluated);
        var versions = await _client.VersionsAsync(ClientSilo.Federation, cluster, 100, CancellationToken.None);
        var version = await VersionModel.DownloadAsync(
            _client, _federation, versions.Single(one => one.Number == said.Version), CancellationToken.None);
        var found = Trainers.Managed(s_model).Evaluate(
            version.Parameters, ParticipantFolder.Open(agent.Data).Validation);
        Assert.Equal(said.Accuracy!.Value, found.Accuracy, 1e-9);
        Assert.Equal(said.Loss!.Value, found.Loss, 1e-4);
    }

    private async Task ExportsWholeAsync()
    {
        var versions = await _client.VersionsAsync(ClientSilo.Federation, "global", 1, CancellationToken.None);
        var version = await VersionModel.DownloadAsync(_client, _federation, versions[0], CancellationToken.None);
        Assert.Equal(
            ModelSpecification.Parse(Model).Initialise(77)[..(int)s_split.Frozen.ParameterCount],
            version.Parameters[..(int)s_split.Frozen.ParameterCount]);
        using var model = LearnedModel.Of(version.ToOnnx(), "test");
        Assert.Equal((Extractor.Sha256, 4), (model.Card.Extractor, (int)model.Card.Version!));
    }

    private async Task AuditsWithTheExtractorAsync()
    {
        var source = new ServerSource(new FederationClient(_silo.Address), ClientSilo.Federation);
        using var blobs = new AuditBlobs(source);
        var head = await source.ReadHeadAsync(CancellationToken.None);
        var bundle = Path.Combine(Path.GetDirectoryName(blobs.PathOf(Extractor.Sha256))!, "bundle.tar");
        Assert.Empty((await new FederationAudit(blobs, head).RunAsync([], CancellationToken.None)).Faults);
        await Bundle.WriteAsync(bundle, head, blobs, CancellationToken.None);
        source.Dispose();

        using var offline = new Bundle(bundle);
        using var copies = new AuditBlobs(offline);
        var again = await new FederationAudit(copies, head).RunAsync([], CancellationToken.None);
        Assert.Empty(again.Faults);
        Assert.Contains(Extractor.Sha256, copies.Copied);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Extractor_OfWhichAPartIsThere_IsContinued(bool orleans)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using IFederationServer server = orleans
            ? new OrleansFederationClient(_silo.Gateways, "a", key, _silo.Clock)
            : new FederationClient(_silo.Address);
        await server.EnrolAsync(
            ClientSilo.Federation,
            "a",
            new("h264", TestData.Task, Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()),
                _federation.Settings.Classes, ScaledFeatures.Name),
            CancellationToken.None);
        var length = SafetensorsHeader.FileLength(s_split.Frozen);
        var whole = await ContinueAsync([]);

        Assert.Equal(Extractor.Sha256, Convert.ToHexStringLower(SHA256.HashData(whole)));
        foreach (var there in new[] { 1, 200, (int)length - 1, (int)length })
            Assert.Equal(whole, await ContinueAsync(whole[..there]));
        var spoilt = whole[..200];
        spoilt[100] ^= 1;
        Assert.Contains("under the name", await WrongAsync(spoilt, length), StringComparison.Ordinal);
        Assert.Contains(
            $"has {length + 1} bytes; the federation's settings make {length} of it",
            await WrongAsync([.. whole, 0], length),
            StringComparison.Ordinal);
        Assert.Contains(
            $"has {length} bytes; the federation's settings make {length - 4} of it",
            await WrongAsync([], length - 4),
            StringComparison.Ordinal);

        async Task<byte[]> ContinueAsync(byte[] there, long? size = null)
        {
            using var file = new MemoryStream();
            file.Write(there);
            await server.ContinueModelAsync(
                ClientSilo.Federation, Extractor.Sha256, file, size ?? length, CancellationToken.None);
            return file.ToArray();
        }

        async Task<string> WrongAsync(byte[] there, long size) =>
            (await Assert.ThrowsAsync<InvalidDataException>(() => ContinueAsync(there, size))).Message;
    }

    [Fact]
    public async Task Participant_WhoseExtractorIsDamaged_FetchesItAgain()
    {
        using var agent = new AgentHarness("a", "h264");
        var path = Path.Combine(agent.State, ".extractors", Extractor.Sha256 + ".safetensors");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // Left by a run that was killed, or whose disk has lost bytes.
        await File.WriteAllBytesAsync(path, new byte[50]);
        await File.WriteAllBytesAsync(path + ".unfinished", new byte[200]);

        await agent.RunAsync(_silo.Address);

        Assert.Equal(Extractor.Sha256, Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path))));
        Assert.Contains(agent.Events, line => line.Event == AgentEventKind.Retrying);
        Assert.Equal(AgentEventKind.Finished, agent.Events.Last().Event);
    }

    [Fact]
    public async Task Participant_OfAnotherTasksShape_IsRefusedBeforeItFetchesAnything()
    {
        var flat = await _client.CreateAsync(
            _federation.Settings with
            {
                Name = "flat",
                Model = """
                    {"name":"flat","input":[5],"loss":"softmaxCrossEntropy",
                     "layers":[{"type":"dense","units":6},{"type":"dense","units":4}]}
                    """,
                Extractor = null,
            },
            CancellationToken.None);
        var behind = await _client.CreateAsync(
            flat.Settings with { Name = "behind", Extractor = new(flat.InitialModel, [0]) }, CancellationToken.None);
        using var agent = new AgentHarness("a", "h264");
        var options = new ParticipantOptions(
            _silo.Address, "a", [new Membership(behind.Settings.Name, "h264")], agent.Data, agent.State);

        var error = await Assert.ThrowsAsync<AgentException>(
            () => new FederationParticipant(options).RunAsync(CancellationToken.None));

        Assert.Contains(
            "takes inputs [5], the data of task 'media-qc' have [3,8,8]", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(agent.State, ".extractors")));
    }
}

/// <summary><c>fed model extractor</c>, and what is made of its files, as a steward types it.</summary>
public sealed class ExtractorCommandTests : IDisposable
{
    private static readonly string s_task = Path.Combine(Repository.Root, "data", "audio-qc");

    private readonly string _folder = Directory.CreateTempSubdirectory("fed-extractor-").FullName;
    private readonly DataFolder _data = DataFolder.Open(s_task);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Extractor_OfALocalTraining_ComposesWithAHeadToAWholeModel()
    {
        var model = ModelSpecification.Parse(_data.ModelJson);
        var split = ModelSplit.Cut(model, [0, 3]);
        var (file, whole) = (PathOf("base.safetensors"), PathOf("whole.safetensors"));

        var (code, output, error) = await FedProcess.RunAsync(
            [],
            ["model", "extractor", "--data", s_task, "--own", _data.Participants[0].Directory, "--passes", "1",
                "--frozen", "0", "3", "--out", file, "--json"]);

        Assert.Equal((0, ""), (code, error));
        var said = JsonNode.Parse(output)!;
        var bytes = await File.ReadAllBytesAsync(file);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), (string?)said["sha256"]);
        Assert.Equal(
            (split.Frozen.ParameterCount, model.Layout.ParameterCount - split.Frozen.ParameterCount),
            ((long)said["parameters"]!, (long)said["trained"]!));
        var frozen = Read(file, split.Frozen);
        Assert.NotEqual(model.Initialise(1)[..frozen.Length], frozen);

        var head = split.Head((string)said["sha256"]!);
        var weights = PathOf("head.safetensors");
        await using (var stream = File.Create(weights))
            Safetensors.Write(stream, head.Layout, head.Initialise(5));
        var composed = await ExportAsync(weights, whole, "--extractor", file);
        Assert.Equal((0, ""), (composed.Code, composed.Error));
        Assert.Equal([.. frozen, .. head.Initialise(5)], Read(whole, model.Layout));

        var alone = await ExportAsync(weights, PathOf("x.onnx"));
        Assert.Equal(4, alone.Code);
        Assert.Contains((string)said["sha256"]!, alone.Error, StringComparison.Ordinal);
        Assert.Contains("--extractor", alone.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Extractor_OfAllLayers_IsRefused()
    {
        var (code, _, error) = await FedProcess.RunAsync(
            [],
            ["model", "extractor", "--data", s_task, "--own", _data.Participants[0].Directory, "--passes", "1",
                "--frozen", "0", "3", "6", "--out", PathOf("base.safetensors")]);

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("all layers with parameters (0, 3, 6) are frozen", error, StringComparison.Ordinal);
        Assert.False(File.Exists(PathOf("base.safetensors")));
    }

    private Task<(int Code, string Output, string Error)> ExportAsync(
        string weights, string file, params string[] more) => FedProcess.RunAsync(
            [], ["model", "export", "--weights", weights, "--data", s_task, "--out", file, .. more]);

    private static float[] Read(string path, ModelLayout layout)
    {
        using var file = File.OpenRead(path);
        return Safetensors.ReadParameters(file, layout);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}

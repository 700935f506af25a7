using System.Text.Json;
using Fed.Client.Agent;
using Fed.Contracts;
using Fed.Contracts.Participants;
using Fed.Core.Blocks;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.Training;
using Xunit.Abstractions;

namespace Fed.Tests.Client;

/// <summary>Everything that an agent puts on the wire in a run, byte for byte.</summary>
public sealed class PrivacyTests(ITestOutputHelper output)
{
    private static readonly string[] EnrolmentProperties = ["classes", "cluster", "features", "publicKey", "task"];
    private static readonly string[] EvaluationProperties =
        ["clippedShare", "correct", "examples", "features", "labelCounts", "loss", "modelSha256", "version"];

    [Fact]
    public async Task Agent_InAWholeRun_SendsNoPieceOfASample()
    {
        await using var silo = await ClientSilo.StartAsync(ClientSilo.Settings(targetVersions: 5));
        using var agent = new AgentHarness("a", "h264");
        var detector = DetectorFor(agent);

        var wire = await RecordAsync(agent, silo);

        Assert.Equal(0, detector.Count(wire));
        // The control: the same detector finds one patch, and the first floats of a model input, wherever they stand.
        var patch = FqcFile.Read(Path.Combine(agent.Data, "train.fqc")).Patch(7).ToArray();
        byte[] withPatch = [.. wire[..1001], .. patch, .. wire[1001..]];
        Assert.Equal(patch.Length - SampleDetector.WindowBytes + 1, detector.Count(withPatch));
        float[] scaled = [.. patch[..5].Select(value => value / 255f)];
        byte[] withFloats = [.. wire[..777], .. scaled.SelectMany(BitConverter.GetBytes), .. wire[777..]];
        Assert.Equal(2, detector.Count(withFloats));
    }

    [Fact]
    public async Task Agent_InAWholeRun_SendsOnlyWhatTheProtocolNames()
    {
        await using var silo = await ClientSilo.StartAsync(ClientSilo.Settings(targetVersions: 5));
        using var agent = new AgentHarness("a", "h264");

        var wire = await RecordAsync(agent, silo);

        var requests = RecordedRequest.Parse(wire);
        Assert.Equal(wire.Length, requests.Sum(request => request.WireBytes));
        foreach (var kind in requests.GroupBy(KindOf).OrderBy(kind => kind.Key))
        {
            output.WriteLine(
                $"{kind.Key}: {kind.Count()} requests, {kind.Sum(request => request.HeadBytes)} bytes of headers, "
                + $"{kind.Sum(request => request.WireBytes - request.HeadBytes)} bytes of bodies");
            foreach (var request in kind)
                RequireKnownContent(kind.Key, request.Body);
        }

        Assert.Contains(requests, request => KindOf(request) == "update" && request.Body.Length > 0);
        output.WriteLine($"{wire.Length} bytes in all, each of them in one of these requests");
    }

    [Fact]
    public async Task Agent_ThatSharesLabelsAndFeatures_SaysTheirSumsAndNoMore()
    {
        await using var silo = await ClientSilo.StartAsync(ClientSilo.Settings(targetVersions: 2));
        using var agent = new AgentHarness("a", "h264") { SharesLabels = true, SharesFeatures = true };

        var wire = await RecordAsync(agent, silo);

        var train = ParticipantFolder.Open(agent.Data).Train;
        var (labels, features) = (train.Labels, FeatureMoments.Of(train)!);
        var evaluations = RecordedRequest.Parse(wire).Where(request => KindOf(request) == "evaluation").ToArray();
        Assert.NotEmpty(evaluations);
        Assert.All(evaluations, request =>
        {
            Assert.Equal(EvaluationProperties, PropertiesOf(request.Body));
            Assert.Equal(
                Enumerable.Range(0, LabelsOf(request.Body)!.Length)
                    .Select(label => (long)labels.Count(one => one == label)),
                LabelsOf(request.Body)!);
            var shared = ReportOf(request.Body).Features!;
            Assert.Equal(features.Examples, shared.Examples);
            Assert.Equal(features.Means, shared.Means);
            Assert.Equal(features.Variances, shared.Variances);
        });
    }

    private static string KindOf(RecordedRequest request)
    {
        var parts = request.Path.Split('?')[0].Split('/');
        Assert.Equal(["", "v1", "federations", ClientSilo.Federation], parts[..4]);
        return (request.Method, parts[4..]) switch
        {
            ("GET", ["models", _]) => "model",
            ("PUT", ["participants", "a", "enrolment"]) => "enrolment",
            ("GET", ["participants", "a", "task"]) => "task",
            ("PUT", ["participants", "a", "updates", _]) => "update",
            ("POST", ["participants", "a", "evaluations"]) => "evaluation",
            _ => throw new Xunit.Sdk.XunitException($"{request.Method} {request.Path} is not part of the protocol"),
        };
    }

    private static void RequireKnownContent(string kind, byte[] body)
    {
        switch (kind)
        {
            case "update" when body.Length == 0:
                // Answered by its headers alone.
                break;
            case "update":
                var dimension = ModelSpecification.Parse(TestData.Model).Layout.ParameterCount;
                var header = BlockFileHeader.Read(body.AsSpan(0, BlockFileHeader.Size));
                Assert.Equal(dimension, header.Dimension);
                // Header, index, one float32 a parameter, and nothing else.
                var index = header.BlockCount * BlockFileHeader.IndexEntrySize;
                Assert.Equal(BlockFileHeader.Size + index + dimension * sizeof(float), body.Length);
                break;
            case "enrolment":
                Assert.Equal(EnrolmentProperties, PropertiesOf(body));
                break;
            case "evaluation":
                Assert.Equal(EvaluationProperties, PropertiesOf(body));
                Assert.Null(LabelsOf(body));
                Assert.Null(ReportOf(body).Features);
                break;
            default:
                Assert.Empty(body);
                break;
        }
    }

    private static string[] PropertiesOf(byte[] json) =>
        [.. JsonDocument.Parse(json).RootElement.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal)];

    private static long[]? LabelsOf(byte[] evaluation) => ReportOf(evaluation).LabelCounts?.ToArray();

    private static EvaluationReport ReportOf(byte[] evaluation) =>
        JsonSerializer.Deserialize<EvaluationReport>(evaluation, FedJson.Options)!;

    private static SampleDetector DetectorFor(AgentHarness agent) => new(
        FqcFile.Read(Path.Combine(agent.Data, "train.fqc")), FqcFile.Read(Path.Combine(agent.Data, "validation.fqc")));

    private static async Task<byte[]> RecordAsync(AgentHarness agent, ClientSilo silo)
    {
        using var wire = new MemoryStream();
        await agent.RunAsync(silo.Address, onSend: piece =>
        {
            lock (wire)
                wire.Write(piece.Span);
        });
        return wire.ToArray();
    }
}

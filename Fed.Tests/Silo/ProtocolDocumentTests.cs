using System.Buffers.Binary;
using System.IO.Hashing;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Fed.Contracts;
using Fed.Contracts.Participants;

namespace Fed.Tests.Silo;

/// <summary>The JSON of docs/protocol.md has the names that the server says and takes.</summary>
public sealed partial class ProtocolDocumentTests(SharedSilo shared) : IClassFixture<SharedSilo>
{
    [Fact]
    public async Task Examples_HaveTheNamesThatTheServerSays()
    {
        var examples = Examples();
        var federation = await shared.CreateAsync();
        using var participant = new TestParticipant(federation, "a");
        using var enrolled = await participant.EnrolAsync();
        var said = new Dictionary<string, JsonNode>
        {
            ["enrolment"] = await BodyAsync(enrolled),
            ["task"] = await GetAsync($"{participant.Path}/task"),
        };
        using var sent = await participant.SendAsync(1, TestParticipant.Update(federation.InitialModel));
        said["receipt"] = await BodyAsync(sent);
        do
            said["standing"] = await GetAsync($"{participant.Path}/receipts/1");
        while (said["standing"]["version"] is null);
        said["version"] = (await GetAsync($"{federation.Url}/versions?tier=h264"))[0]!;
        said["problem"] = await GetAsync("/v1/federations/nobody");

        Assert.All(said, answer => Assert.Equal(Names(answer.Value), Names(examples[answer.Key])));
    }

    [Fact]
    public void Examples_OfWhatTheServerTakes_HaveAllItsNames()
    {
        var examples = Examples();

        Assert.Equal(Names(examples["evaluation"]), Names(Again<EvaluationReport>(examples["evaluation"])));
        Assert.Equal(
            Names(examples["enrolment-request"]), Names(Again<EnrolmentRequest>(examples["enrolment-request"])));
    }

    [Fact]
    public void Checksum_OfNoBytes_IsTheOneOfTheDocument()
    {
        var stored = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(stored, XxHash3.HashToUInt64([]));

        Assert.Equal([0xC2, 0x94, 0xD3, 0x38, 0x05, 0x80, 0x06, 0x2D], stored);
    }

    /// <summary>Read as the server reads it, which refuses unknown names, and written with all there are.</summary>
    private static JsonNode Again<T>(JsonNode example) =>
        JsonSerializer.SerializeToNode(example.Deserialize<T>(FedJson.Options), FedJson.Options)!;

    private async Task<JsonNode> GetAsync(string url)
    {
        using var answer = await shared.Silo.Client.GetAsync(url);
        return await BodyAsync(answer);
    }

    private static async Task<JsonNode> BodyAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonNode>())!;

    /// <summary>Every object's names in their order, with those that they stand within.</summary>
    private static IEnumerable<string> Names(JsonNode? node, string path = "") => node switch
    {
        JsonObject members => members.SelectMany(
            member => Names(member.Value, $"{path}/{member.Key}").Prepend($"{path}/{member.Key}")),
        JsonArray items => items.SelectMany(item => Names(item, path)).Distinct(),
        _ => [],
    };

    private static Dictionary<string, JsonNode> Examples()
    {
        var text = File.ReadAllText(Repository.PathOf("docs", "protocol.md"));
        return Example().Matches(text).ToDictionary(
            match => match.Groups[1].Value, match => JsonNode.Parse(match.Groups[2].Value)!);
    }

    [GeneratedRegex("^```json ([a-z-]+)\n(.+?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();
}

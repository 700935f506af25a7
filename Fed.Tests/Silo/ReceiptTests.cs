using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Fed.Contracts;
using Fed.Contracts.Keys;
using Fed.Contracts.Participants;
using Fed.Contracts.Versions;

namespace Fed.Tests.Silo;

/// <summary>A participant verifies over HTTP that it was counted: receipt, version, manifest, signature.</summary>
public sealed class ReceiptTests(SharedSilo shared) : IClassFixture<SharedSilo>
{
    [Fact]
    public async Task Receipt_OfAConsumedUpdate_LeadsToASignedManifestThatNamesIt()
    {
        var federation = await shared.CreateAsync();
        using var participant = await federation.EnrolAsync();
        var sent = await SendAsync(participant, federation);

        var standing = await FindAsync(participant, found => (string?)found["state"] == "consumed");
        var name = (string)standing["version"]!["manifestSha256"]!;
        using var answer = await shared.Silo.Client.GetAsync($"{federation.Url}/manifests/{name}");
        var bytes = await answer.Content.ReadAsByteArrayAsync();

        Assert.Equal(sent.Sha256, (string?)standing["receipt"]!["sha256"]);
        Assert.Equal(("h264", 1), ((string?)standing["version"]!["tier"], (int)standing["version"]!["number"]!));
        Assert.Equal(name, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        Assert.Equal($"\"{name}\"", answer.Headers.ETag?.Tag);
        var manifest = SignedManifest.Read(bytes, name);
        Assert.Equal(sent, Assert.Single(manifest.Manifest.Contributions));
        using var key = Signatures.ImportPublicKey((await federation.DescribeAsync())!.PublicKey);
        Assert.True(manifest.IsSignedBy(key));
    }

    [Fact]
    public async Task Receipt_InTheBuffer_IsPending()
    {
        var federation = await shared.CreateAsync(
            settings => settings["clusterTier"] = new JsonObject { ["goal"] = 2 });
        using var participant = await federation.EnrolAsync();
        await SendAsync(participant, federation);

        var standing = await FindAsync(participant, _ => true);

        Assert.Equal("pending", (string?)standing["state"]);
        Assert.Null(standing["version"]);
    }

    [Fact]
    public async Task Receipt_InTheBufferWhenTheFederationFinishes_IsUnused()
    {
        var federation = await shared.CreateAsync(settings =>
        {
            settings["clusterTier"] = new JsonObject { ["goal"] = 2 };
            settings["globalTier"] = new JsonObject { ["goal"] = 1 };
            settings["targetVersions"] = 1;
        });
        using var late = await federation.EnrolAsync("c", "av1");
        using var first = await federation.EnrolAsync("a");
        using var second = await federation.EnrolAsync("b");
        await SendAsync(late, federation);
        await SendAsync(first, federation);
        await SendAsync(second, federation);

        var standing = await FindAsync(late, found => (string?)found["state"] != "pending");

        Assert.Equal("unused", (string?)standing["state"]);
        Assert.Null(standing["version"]);
        Assert.Equal("consumed", (string?)(await FindAsync(first, _ => true))["state"]);
    }

    [Fact]
    public async Task Receipt_ThatWasNeverGiven_IsUnknown()
    {
        var federation = await shared.CreateAsync();
        using var participant = await federation.EnrolAsync();

        using var answer = await shared.Silo.Client.GetAsync($"{participant.Path}/receipts/1");
        using var stranger = await shared.Silo.Client.GetAsync($"{federation.Url}/participants/nobody/receipts/1");

        await answer.ShouldBeProblem(HttpStatusCode.NotFound, "unknownReceipt");
        await stranger.ShouldBeProblem(HttpStatusCode.NotFound, "unknownParticipant");
    }

    [Fact]
    public async Task Versions_WithAHold_ListTheFoldThatConsumed()
    {
        var federation = await shared.CreateAsync(settings =>
        {
            settings["holdSeconds"] = 3600;
            settings["globalTier"] = new JsonObject { ["goal"] = 1 };
        });
        using var participant = await federation.EnrolAsync();
        await SendAsync(participant, federation);
        using var task = await shared.Silo.Client.GetAsync($"{participant.Path}/task?wait=25");
        task.EnsureSuccessStatusCode();

        var versions = await ListedAsync(federation, 3);

        Assert.Equal(["adopt", "fold", "initial"], versions.Select(version => version.Kind));
        Assert.Equal([1, 1, 0], versions.Select(version => version.Number));
        Assert.Equal(1, versions[1].Contributions);
        Assert.Equal(versions[1].ManifestSha256, versions[0].Parents[0]);
        var standing = await FindAsync(participant, _ => true);
        Assert.Equal(versions[1].ManifestSha256, (string?)standing["version"]!["manifestSha256"]);
    }

    [Fact]
    public async Task Versions_WithAFoldThatIsHeld_ListIt()
    {
        var federation = await shared.CreateAsync(settings =>
        {
            settings["holdSeconds"] = 3600;
            settings["globalTier"] = new JsonObject { ["goal"] = 2 };
        });
        using var participant = await federation.EnrolAsync();
        await SendAsync(participant, federation);
        var standing = await FindAsync(participant, found => (string?)found["state"] == "consumed");

        var versions = await ListedAsync(federation, 2);

        Assert.Equal(["fold", "initial"], versions.Select(version => version.Kind));
        Assert.Equal(versions[0].ManifestSha256, (string?)standing["version"]!["manifestSha256"]);
        Assert.Equal(1, versions[0].Contributions);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("MODEL")]
    [InlineData("UPDATE")]
    [InlineData("OTHER")]
    public async Task Manifest_ThatIsNone_IsUnknown(string name)
    {
        var federation = await shared.CreateAsync();
        var other = await shared.CreateAsync();
        using var participant = await federation.EnrolAsync();
        name = name switch
        {
            "MODEL" => federation.InitialModel,
            "UPDATE" => (await SendAsync(participant, federation)).Sha256,
            "OTHER" => (await ListedAsync(other, 1))[0].ManifestSha256,
            _ => name,
        };

        using var answer = await shared.Silo.Client.GetAsync($"{federation.Url}/manifests/{name}");

        await answer.ShouldBeProblem(HttpStatusCode.NotFound, "unknownVersion");
    }

    private static async Task<Receipt> SendAsync(TestParticipant participant, TestFederation federation)
    {
        using var answer = await participant.SendAsync(1, TestParticipant.Update(federation.InitialModel));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<Receipt>(FedJson.Options))!;
    }

    /// <summary>As soon as it is as wanted: folds and the registry's news are made behind the answers.</summary>
    private async Task<JsonNode> FindAsync(TestParticipant participant, Func<JsonNode, bool> wanted)
    {
        while (true)
        {
            var text = await shared.Silo.Client.GetStringAsync($"{participant.Path}/receipts/1");
            if (JsonNode.Parse(text) is { } standing && wanted(standing))
                return standing;
        }
    }

    private async Task<IReadOnlyList<VersionRecord>> ListedAsync(TestFederation federation, int least)
    {
        while (true)
        {
            var versions = await shared.Silo.Client.GetFromJsonAsync<VersionRecord[]>(
                $"{federation.Url}/versions?tier=h264", FedJson.Options);
            if (versions!.Length >= least)
                return versions;
        }
    }
}

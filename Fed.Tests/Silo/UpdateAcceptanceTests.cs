using System.Net;
using System.Net.Http.Json;
using Fed.Contracts;
using Fed.Contracts.Participants;

namespace Fed.Tests.Silo;

public sealed class UpdateAcceptanceTests(SharedSilo shared) : IClassFixture<SharedSilo>
{
    [Fact]
    public async Task Update_ThatIsGood_IsStoredAndReceipted()
    {
        var federation = await shared.CreateAsync(settings => settings["clusterTier"]!["goal"] = 2);
        using var participant = await federation.EnrolAsync();
        var body = TestParticipant.Update(federation.InitialModel);

        using var answer = await participant.SendAsync(1, body);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var receipt = await ReceiptOf(answer);
        Assert.Equal((1, "a", "h264"), (receipt.Sequence, receipt.Participant, receipt.Cluster));
        Assert.Contains(Path.Combine(receipt.Sha256[..2], receipt.Sha256), shared.Silo.BlobFiles());
        Assert.DoesNotContain(shared.Silo.BlobFiles(), file => file.StartsWith("tmp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Update_SentTwice_GetsItsFirstReceipt()
    {
        var federation = await shared.CreateAsync();
        using var participant = await federation.EnrolAsync();
        var body = TestParticipant.Update(federation.InitialModel);
        using var first = await participant.SendAsync(1, body);

        using var second = await participant.SendAsync(1, body);

        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(await ReceiptOf(first), await ReceiptOf(second));
    }

    [Fact]
    public async Task Update_OfTheSameNumberWithOtherBytes_IsRefusedAndLeavesNothing()
    {
        var federation = await shared.CreateAsync();
        using var participant = await federation.EnrolAsync();
        var model = federation.InitialModel;
        using var first = await participant.SendAsync(1, TestParticipant.Update(model));
        var other = participant.Request(1, TestParticipant.Update(model, 0.5f));
        var digest = other.Content!.Headers.GetValues("Content-Digest").Single()["sha-256=:".Length..^1];
        var sha256 = Convert.ToHexStringLower(Convert.FromBase64String(digest));

        using var answer = await shared.Silo.Client.SendAsync(other);

        await answer.ShouldBeProblem(HttpStatusCode.Conflict, "sequenceConflict");
        // The fold of the first one goes on meanwhile, so it is this very blob that must be absent.
        Assert.DoesNotContain(Path.Combine(sha256[..2], sha256), shared.Silo.BlobFiles());
    }

    [Fact]
    public async Task Updates_OfOneParticipantAtOnce_AreAcceptedOnce()
    {
        var federation = await shared.CreateAsync();
        using var participant = await federation.EnrolAsync();
        var model = federation.InitialModel;
        var requests = Enumerable.Range(1, 8)
            .Select(i => participant.Request(1, TestParticipant.Update(model, i / 10f)))
            .ToArray();

        var answers = await Task.WhenAll(requests.Select(request => shared.Silo.Client.SendAsync(request)));

        var accepted = Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        var receipt = await ReceiptOf(accepted);
        foreach (var refused in answers.Where(answer => answer != accepted))
            await refused.ShouldBeProblem(HttpStatusCode.Conflict, "sequenceConflict");
        using var again = await shared.Silo.Client.SendAsync(participant.Request(1, []));
        Assert.Contains(receipt.Sha256, await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silo_Restarted_KeepsEverything()
    {
        var folder = Directory.CreateTempSubdirectory("fed-silo-test-").FullName;
        try
        {
            HttpRequestMessage repeated;
            Receipt receipt;
            await using (var silo = await TestSilo.StartAsync(folder))
            {
                var federation = await TestFederation.CreateAsync(silo, TestSilo.Settings());
                using var participant = await federation.EnrolAsync();
                var body = TestParticipant.Update(federation.InitialModel);
                using var first = await participant.SendAsync(1, body);
                receipt = await ReceiptOf(first);
                repeated = participant.Request(1, body);
            }

            await using var again = await TestSilo.StartAsync(folder);
            using var second = await again.Client.SendAsync(repeated);

            Assert.Equal(TestSilo.Federation, Assert.Single(await again.ListAsync()));
            Assert.Equal(HttpStatusCode.OK, second.StatusCode);
            Assert.Equal(receipt, await ReceiptOf(second));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Receipt> ReceiptOf(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<Receipt>(FedJson.Options))!;
}

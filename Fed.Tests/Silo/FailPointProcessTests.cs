using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Fed.Cli.Children;
using Fed.Client;
using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Participants;
using Fed.Core.FailPoints;
using Fed.Tests.Client.Chaos;

namespace Fed.Tests.Silo;

/// <summary>A silo process that dies at a fail point; another one goes on from its folder.</summary>
public sealed class FailPointProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-silo-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(FailPointNames.BlobBeforeRename, HttpStatusCode.Created)]
    [InlineData(FailPointNames.GatewayBeforeSubmit, HttpStatusCode.Created)]
    [InlineData(FailPointNames.GatewayBeforeResponse, HttpStatusCode.OK)]
    public async Task Silo_KilledDuringAnUpload_HasItOnceAfterTheSenderTriesAgain(string point, HttpStatusCode answered)
    {
        var (participant, update) = await PrepareAsync();
        using var sender = participant;

        using (var process = Start(point))
        using (var client = await ConnectAsync(process))
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(participant.Request(1, update)));
            await process.WaitForExitAsync();
            Assert.Equal(ChildProcess.Killed, process.ExitCode);
        }

        await using var again = await TestSilo.StartAsync(_folder);
        using var answer = await again.Client.SendAsync(participant.Request(1, update));
        var ledger = (await again.Client.GetFromJsonAsync<ClusterLedger>(
            $"{participant.Federation.Url}/clusters/h264/ledger", FedJson.Options))!;

        Assert.Equal(answered, answer.StatusCode);
        var receipt = await answer.Content.ReadFromJsonAsync<Receipt>(FedJson.Options);
        Assert.Equal(receipt, Assert.Single(ledger.Pending));
    }

    [Fact]
    public async Task Silo_ToldToDieAtAnUnknownPoint_IsRefusedAtItsStart()
    {
        using var process = Start("blob.during-rename:2");

        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(ExitCode.Usage, process.ExitCode);
        Assert.Contains("blob.during-rename", error, StringComparison.Ordinal);
        Assert.Contains(FailPointNames.BlobBeforeRename, error, StringComparison.Ordinal);
    }

    /// <summary>A federation whose buffer stays open, so that what is acknowledged stays in the ledger.</summary>
    private async Task<(TestParticipant Participant, byte[] Update)> PrepareAsync()
    {
        await using var silo = await TestSilo.StartAsync(_folder);
        var settings = TestSilo.Settings();
        settings["clusterTier"] = new JsonObject { ["goal"] = 3 };
        var federation = await TestFederation.CreateAsync(silo, settings);
        return (await federation.EnrolAsync(), TestParticipant.Update(federation.InitialModel));
    }

    private static async Task<HttpClient> ConnectAsync(Process process)
    {
        var ready = (await process.StandardOutput.ReadLineAsync())!;
        return new HttpClient { BaseAddress = new Uri(ready["ready ".Length..]) };
    }

    private Process Start(string failPoint) => Process.Start(
        new ProcessStartInfo("dotnet", [FedProcess.Program, "silo", "--port", "0", "--data-dir", _folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [FailPoint.Variable] = failPoint },
        })!;
}

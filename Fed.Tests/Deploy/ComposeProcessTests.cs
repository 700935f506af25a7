using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Fed.Contracts;
using Fed.Contracts.Federations;
using Fed.Tests.Silo.Azure;
using Fed.Tests.Silo.Telemetry;

namespace Fed.Tests.Deploy;

/// <summary>The services of deploy/compose.yaml as processes, each told what the file tells it.</summary>
public sealed partial class ComposeProcessTests
{
    [ComposeProcessFact]
    public async Task Services_StartedAsTheFileSays_BecomeAWatchedFederation()
    {
        await using var run = new ComposeRun(await ComposeProject.ServicesAsync());
        var (machine, services) = (run.Machine, run.Machine.Services);
        var silos = services.Values.Where(service => service.IsSilo).ToArray();
        var participant = services.Values.First(service => service.IsParticipant);
        var prometheus = services["prometheus"];
        machine.Copy(prometheus, "/etc/prometheus", text => Every().Replace(text, "${1}1s"));

        await run.StartAsync(
            services["azurite"], "Blob service is successfully listening", "Table service is successfully listening");
        await Task.WhenAll(silos.Select(silo => run.StartAsync(silo, "ready http://")));
        await run.StartAsync(prometheus, "Server is ready to receive web requests");
        await run.StartAsync(participant);

        using var client = new HttpClient();
        // Not the one that the participant asks first.
        var gateway = new Uri($"http://{machine.AddressOf(silos[^1].Name)}:8080");
        await run.UntilAsync(async () =>
        {
            using var answer = await client.GetAsync(new Uri(gateway, "/v1/overview"));
            return answer.IsSuccessStatusCode
                && (await answer.Content.ReadFromJsonAsync<FederationSummary[]>(FedJson.Options))!
                    .Any(federation => federation.Version > 0);
        });
        var watch = new Uri($"http://{machine.AddressOf(prometheus.Name)}:9090");
        await run.UntilAsync(async () => (await AskAsync("/api/v1/targets?state=active")).List("data/activeTargets")
            .Count(target => target.Text("health") == "up") == silos.Length);
        await run.UntilAsync(async () => (await AskAsync("/api/v1/query?query=fedhier_version"))
            .List("data/result").Any());
        Assert.NotEmpty((await AskAsync("/api/v1/rules")).List("data/groups"));

        async Task<JsonNode> AskAsync(string path) =>
            (await client.GetFromJsonAsync<JsonObject>(new Uri(watch, path)))!;
    }

    [GeneratedRegex(@"(_interval: )\d+s")]
    private static partial Regex Every();
}

/// <summary>Skipped, and shown as skipped, where one of the servers is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ComposeProcessFactAttribute : FactAttribute
{
    public ComposeProcessFactAttribute() => Skip =
        new ComposeFactAttribute().Skip ?? new AzuriteFactAttribute().Skip ?? new PromtoolFactAttribute().Skip;
}

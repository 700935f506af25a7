using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Fed.Contracts;
using Fed.Contracts.Federations;

namespace Fed.Tests.Silo;

/// <summary>A federation on a test's silo.</summary>
internal sealed record TestFederation(TestSilo Silo, string Name, string InitialModel)
{
    public string Url => $"/v1/federations/{Name}";

    public static async Task<TestFederation> CreateAsync(TestSilo silo, JsonObject settings)
    {
        var name = (string)settings["name"]!;
        using var answer = await silo.PutSettingsAsync(settings, name);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var description = await answer.Content.ReadFromJsonAsync<FederationDescription>(FedJson.Options);
        return new TestFederation(silo, name, description!.InitialModel);
    }

    public Task<FederationDescription?> DescribeAsync() =>
        Silo.Client.GetFromJsonAsync<FederationDescription>(Url, FedJson.Options);

    public async Task<TestParticipant> EnrolAsync(string name = "a", string cluster = "h264")
    {
        var participant = new TestParticipant(this, name);
        (await participant.EnrolAsync(cluster)).EnsureSuccessStatusCode();
        return participant;
    }
}

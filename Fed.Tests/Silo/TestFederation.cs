using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Fed.Contracts;
using Fed.Contracts.Federations;

namespace Fed.Tests.Silo;

/// <summary>A federation on a test's silo.</summary>
/// <param name="Client">Of the gateway that participants use.</param>
internal sealed record TestFederation(HttpClient Client, string Name, string InitialModel)
{
    public string Url => $"/v1/federations/{Name}";

    public static Task<TestFederation> CreateAsync(TestSilo silo, JsonObject settings) =>
        CreateAsync(silo.Client, settings);

    public static async Task<TestFederation> CreateAsync(HttpClient silo, JsonObject settings)
    {
        var name = (string)settings["name"]!;
        using var answer = await silo.PutAsync($"/v1/federations/{name}", TestSilo.Json(settings.ToJsonString()));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var description = await answer.Content.ReadFromJsonAsync<FederationDescription>(FedJson.Options);
        return new TestFederation(silo, name, description!.InitialModel);
    }

    public Task<FederationDescription?> DescribeAsync() =>
        Client.GetFromJsonAsync<FederationDescription>(Url, FedJson.Options);

    public async Task<TestParticipant> EnrolAsync(string name = "a", string cluster = "h264")
    {
        var participant = new TestParticipant(this, name);
        (await participant.EnrolAsync(cluster)).EnsureSuccessStatusCode();
        return participant;
    }
}

using System.Text.Json;
using System.Text.RegularExpressions;
using Fed.Client.Agent;
using Fed.Contracts;
using Fed.Silo.Hosting;
using Fed.Tests.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fed.Tests.Samples;

/// <summary>What the README shows compiles as it stands there, and what it shows works.</summary>
public sealed partial class ReadmeSamplesTests
{
    [Fact]
    public void Samples_OfTheReadme_AreTheOnesThatAreCompiled()
    {
        var source = Unindented(File.ReadAllText(Repository.PathOf("Fed.Tests/Samples/ReadmeSamples.cs")));
        var samples = Sample().Matches(File.ReadAllText(Repository.PathOf("README.md")));

        Assert.Equal(2, samples.Count);
        Assert.All(samples, sample => Assert.Contains(Unindented(sample.Groups[1].Value), source, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Silo_InAnApplicationOfOnesOwn_ServesBothAndAParticipantFinishes()
    {
        var folder = Directory.CreateTempSubdirectory("fed-sample-").FullName;
        try
        {
            var file = Path.Combine(folder, "federation.json");
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(ClientSilo.Settings(targetVersions: 1), FedJson.Options));
            var builder = WebApplication.CreateBuilder();
            builder.Logging.ClearProviders();
            builder.AddFedSilo(new SiloOptions
            {
                Port = 0,
                DataFolder = Path.Combine(folder, "silo"),
                FederationFiles = [file],
            });
            await using var app = builder.Build();
            app.UseFedSilo();
            app.MapGet("/mine", () => "mine");
            await app.StartAsync();
            var server = new Uri(app.Services.GetRequiredService<IServer>().Features
                .Get<IServerAddressesFeature>()!.Addresses.Single());
            using var http = new HttpClient { BaseAddress = server };

            using var first = new AgentHarness("a", "h264");
            using var second = new AgentHarness("c", "av1");
            await Task.WhenAll(first.RunAsync(server), second.RunAsync(server));

            Assert.Equal("mine", await http.GetStringAsync("/mine"));
            Assert.Equal($"[\"{ClientSilo.Federation}\"]", await http.GetStringAsync("/v1/federations"));
            Assert.Contains(first.Events, line => line.Event == AgentEventKind.Finished);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Unindented(string text) =>
        string.Join('\n', text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Sample();
}

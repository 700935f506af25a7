using Fed.Client;
using Fed.Silo.Hosting;
using Microsoft.AspNetCore.Builder;

namespace Fed.Tests.Samples;

/// <summary>The samples of the README, compiled; <see cref="ReadmeSamplesTests"/> compares them.</summary>
internal static class ReadmeSamples
{
    public static async Task ServeAsync(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddFedSilo(new SiloOptions
        {
            Port = 8080,
            DataFolder = "silo-data",
            FederationFiles = ["data/media-qc/federation.json"],
        });
        var app = builder.Build();
        app.UseFedSilo();
        await app.RunAsync();
    }

    public static async Task TakePartAsync(CancellationToken cancellationToken)
    {
        var options = new ParticipantOptions(
            new Uri("http://127.0.0.1:8080"),
            "nordlicht-tv",
            [new Membership("media-qc", "mpeg2")],
            DataDirectory: "data/media-qc/participants/nordlicht-tv",
            StateDirectory: ".fed/nordlicht-tv");
        var participant = new FederationParticipant(options)
        {
            OnEvent = happened => Console.WriteLine($"{happened.Event} {happened.Version} {happened.Accuracy:P1}"),
        };
        await participant.RunAsync(cancellationToken);
    }
}

using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fed.Tests.Silo;

/// <summary>What a silo that is told to stop says to whoever sends it requests.</summary>
public sealed class ReadinessTests
{
    [Theory]
    [InlineData("/healthz", HttpStatusCode.ServiceUnavailable)]
    [InlineData("/livez", HttpStatusCode.OK)]
    public async Task Silo_ToldToStop_IsAliveAndNotReady(string path, HttpStatusCode expected)
    {
        await using var silo = await TestSilo.StartAsync();
        Task<HttpResponseMessage>? asked = null;
        // Called between the signal and the end of the listener, which waits for it.
        silo.Host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() =>
        {
            asked = silo.Client.GetAsync(path);
            asked.Wait(TimeSpan.FromSeconds(20));
        });

        await silo.Host.StopAsync(CancellationToken.None);

        using var answer = await asked!;
        Assert.Equal(expected, answer.StatusCode);
    }
}

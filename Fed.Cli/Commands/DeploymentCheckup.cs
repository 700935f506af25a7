using System.Globalization;
using System.Reflection;
using Fed.Client.Protocol;
using Fed.Contracts.Federations;

namespace Fed.Cli.Commands;

/// <summary>Looks at a deployment through its gateway, as a participant would, and says what helps.</summary>
internal static class DeploymentCheckup
{
    /// <summary>Capabilities of Orleans clients, certificates and logs are compared by the clock.</summary>
    private static readonly TimeSpan MostSkew = TimeSpan.FromSeconds(30);

    /// <summary>A buffer that has waited this long is waiting for somebody who may not come.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="server">With the path of a proxy, where there is one.</param>
    public static async Task<Diagnosis> RunAsync(Uri server, TimeProvider time, CancellationToken cancellationToken)
    {
        var checks = new List<Check>();
        try
        {
            using var client = new FederationClient(server, time, new ClientTimeouts { Patience = Patience });
            var health = await client.HealthAsync(cancellationToken);
            checks.Add(new("gateway", true, true, $"{server} serves, FedHier {health.Version} on {health.Runtime}"));
            checks.Add(Version(health.Version));
            checks.Add(await ClockAsync(server, time, cancellationToken));
            foreach (var federation in await client.FederationsAsync(cancellationToken))
            {
                var status = await client.StatusAsync(federation, cancellationToken);
                checks.Add(Federation(status, time.GetUtcNow()));
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // Whatever it is: that is what is to be said.
            checks.Add(new("gateway", false, true, $"{server}: {Failures.Explain(error).Message}"));
        }

        return new Diagnosis(checks, Libtorch: null);
    }

    private static Check Version(string theirs)
    {
        var ours = typeof(DeploymentCheckup).Assembly
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        return new(
            "version", theirs == ours, false,
            theirs == ours
                ? $"this program is {ours}, too"
                : $"this program is {ours}, the gateway {theirs}: update the older of the two",
            IsAdvice: true);
    }

    private static async Task<Check> ClockAsync(Uri server, TimeProvider time, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = Patience };
        var root = server.AbsoluteUri.EndsWith('/') ? server : new Uri(server.AbsoluteUri + "/");
        using var answer = await http.GetAsync(new Uri(root, "livez"), cancellationToken);
        if (answer.Headers.Date is not { } theirs)
            return new("clock", true, false, "the gateway does not tell its time");
        // The header has whole seconds.
        var skew = (theirs - time.GetUtcNow()).Duration();
        return new(
            "clock", skew <= MostSkew, false,
            string.Create(CultureInfo.InvariantCulture, $"{skew.TotalSeconds:F0} s from the gateway's")
            + (skew <= MostSkew ? "" : "; let both follow a time server: capabilities and certificates have dates"),
            IsAdvice: true);
    }

    /// <summary>A finished one, or one that waits for nobody in particular, is well.</summary>
    private static Check Federation(FederationStatus status, DateTimeOffset now)
    {
        var name = status.Name;
        var progress = $"{status.State.ToString().ToLowerInvariant()}, global version {status.Global.Version}";
        var late = status.State == FederationState.Finished
            ? null
            : status.Clusters.Append(status.Global).FirstOrDefault(
                tier => tier.Waiting is { Count: > 0, OldestAt: { } since } && now - since > Long);
        return late is null
            ? new(name, true, false, progress)
            : new(
                name, false, false,
                $"{progress}; tier {late.Key} has waited {Hours(now - late.Waiting.OldestAt!.Value)} for "
                + $"{WaitText.Names(late.Waiting)}: ask them, or 'fed admin suspend' or 'fed admin deadline'",
                IsAdvice: true);
    }

    private static string Hours(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:F0} h");
}

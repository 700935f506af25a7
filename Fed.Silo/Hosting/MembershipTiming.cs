using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Fed.Silo.Hosting;

/// <summary>
/// How soon silos of a cluster declare one of them dead, and what that one does. Measured: docs/adr/0010-membership.md.
/// </summary>
internal static class MembershipTiming
{
    public static void Configure(ISiloBuilder silo, IConfiguration configuration)
    {
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = TimeSpan.FromSeconds(1);
            options.NumMissedProbesLimit = 2;
            options.TableRefreshTimeout = TimeSpan.FromSeconds(5);
            options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
            // Else what a silo sent just before it froze counts as life for a while.
            options.EnableConnectionLivenessCheck = false;
        });
        silo.Services.Configure<ClusterMembershipOptions>(configuration.GetSection("Orleans:Membership"));
        silo.Services.AddSingleton<IFatalErrorHandler, ProcessEnd>();
    }

}

/// <summary>
/// A silo that was declared dead must not go on: its actors are elsewhere now. The process ends, and whoever
/// supervises it starts another. Orleans' own handler leaves a core dump.
/// </summary>
internal sealed class ProcessEnd(SiloPhase phase) : IFatalErrorHandler
{
    private const int Failure = 1;

    public bool IsUnexpected(Exception exception) => true;

    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        // Not to the log, whose writer may not come to it any more.
        var reason = exception?.Message ?? context ?? "a fatal error of Orleans";
        Console.Error.WriteLine(
            $"fed silo: {(phase.HasStarted ? $"this silo ends, start it again: {reason}" : CannotJoin(reason))}");
        Environment.Exit(Failure);
    }

    /// <summary>What the others do not take from the start will not get better by another one.</summary>
    public static string CannotJoin(string reason) =>
        $"this silo could not join the others: {reason.TrimEnd('.')}; see that all reach each other's port between "
        + "silos (FED_Orleans__Endpoints__...), and have certificates of one authority (FED_Orleans__Tls__...) or none";
}

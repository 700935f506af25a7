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
            // The kernel still takes bytes for a frozen process, and its last answers count as life for a while.
            options.EnableConnectionLivenessCheck = false;
        });
        silo.Services.Configure<ClusterMembershipOptions>(configuration.GetSection("Orleans:Membership"));
        silo.Services.AddSingleton<IFatalErrorHandler, ProcessEnd>();
    }

    /// <summary>
    /// A silo that was declared dead must not go on: its actors are elsewhere now. The process ends, and whoever
    /// supervises it starts another. Orleans' own handler leaves a core dump.
    /// </summary>
    private sealed class ProcessEnd : IFatalErrorHandler
    {
        private const int Failure = 1;

        public bool IsUnexpected(Exception exception) => true;

        public void OnFatalException(object? sender, string? context, Exception? exception)
        {
            // Not to the log, whose writer may not come to it any more.
            Console.Error.WriteLine(
                $"fed silo: this silo ends, start it again: {exception?.Message ?? context ?? "a fatal error of Orleans"}");
            Environment.Exit(Failure);
        }
    }
}

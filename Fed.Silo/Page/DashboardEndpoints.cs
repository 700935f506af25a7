using Fed.Silo.Gateway;
using Fed.Silo.Hosting;
using Orleans.Dashboard;
using Orleans.Hosting;

namespace Fed.Silo.Page;

/// <summary>
/// Orleans' own dashboard: silos, actors, calls, and the state of any actor. There only if the silo was started for it
/// (<see cref="SiloOptions.Dashboard"/>), and only for its own machine. Its files are in its assembly.
/// </summary>
internal static class DashboardEndpoints
{
    public const string Path = "/orleans";

    public static void AddDashboard(ISiloBuilder silo, SiloOptions options)
    {
        // Its stream of log lines says what standard error says already.
        if (options.Dashboard)
            silo.AddDashboard(dashboard => dashboard.HideTrace = true);
    }

    public static void MapDashboard(this IEndpointRouteBuilder app, SiloOptions options)
    {
        if (!options.Dashboard)
            return;
        app.MapOrleansDashboard(Path).AddEndpointFilter<LoopbackOnly>().ExcludeFromDescription();
    }
}

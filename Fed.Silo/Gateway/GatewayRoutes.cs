using Fed.Silo.Hosting;

namespace Fed.Silo.Gateway;

/// <summary>The participant protocol's routes (docs/protocol.md).</summary>
internal static class GatewayRoutes
{
    public const string Root = "/v1/federations";

    public static void MapGateway(this IEndpointRouteBuilder app, SiloOptions options)
    {
        var group = app.MapGroup(Root);
        group.MapFederations(options);
        group.MapStatus();
        group.MapVersions();
        group.MapStewards();
        group.MapAudit();
        group.MapEnrolment();
        group.MapTasks();
        group.MapModels();
        group.MapUpdates();
        group.MapEvaluations();
        app.MapCollection();
    }
}

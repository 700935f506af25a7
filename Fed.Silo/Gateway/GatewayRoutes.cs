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
        group.MapParticipantOrders();
        group.MapAudit();
        group.MapEnrolment();
        group.MapTasks();
        group.MapModels();
        group.MapUpdates();
        group.MapReceipts();
        group.MapEvaluations();
        app.MapCollection();
    }

    /// <summary>Says in the OpenAPI document which errors an endpoint has, beside 503.</summary>
    public static RouteHandlerBuilder WithProblems(this RouteHandlerBuilder endpoint, params int[] statuses)
    {
        foreach (var status in statuses.Append(StatusCodes.Status503ServiceUnavailable))
            endpoint.Produces<Problem>(status, Problem.ContentType);
        return endpoint;
    }
}

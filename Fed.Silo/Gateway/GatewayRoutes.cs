using Fed.Contracts;
using Fed.Contracts.Refusals;
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
        group.MapParticipants();
        group.MapModels();
        group.MapUpdates();
        app.MapOverview();
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

/// <summary>Checks what stands in a URL before it becomes the key of an actor.</summary>
public static class RouteNames
{
    /// <exception cref="RefusedException">Not a valid name: <see cref="RefusalCode.InvalidRequest"/>.</exception>
    public static string Require(string name, string what)
    {
        try
        {
            return Names.Require(name, what);
        }
        catch (RefusedException invalid)
        {
            throw new RefusedException(RefusalCode.InvalidRequest, invalid.Message, invalid.Remedy);
        }
    }

    /// <summary>The key of a participant's actor.</summary>
    public static string ParticipantKey(string federation, string participant) =>
        GrainKeys.Within(Require(federation, "federation"), Require(participant, "participant"));

    /// <exception cref="RefusedException">Not a whole number in the range.</exception>
    public static long Number(string text, string what, long least, long most)
    {
        if (long.TryParse(text, System.Globalization.NumberStyles.None, null, out var value)
            && value >= least && value <= most)
        {
            return value;
        }

        throw new RefusedException(
            RefusalCode.InvalidRequest,
            $"{what} is '{(text.Length > 32 ? text[..32] + "..." : text)}'; "
            + $"it must be a whole number, {least} to {most}",
            "use a number in that range, in digits alone");
    }
}

using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Fed.Silo.Federations;
using Fed.Silo.Hosting;
using Orleans;

namespace Fed.Silo.Gateway;

/// <summary>List, create and describe federations.</summary>
internal static class FederationEndpoints
{
    public static void MapFederations(this RouteGroupBuilder group, SiloOptions options)
    {
        group.MapGet("", (IGrainFactory grains) =>
                grains.GetGrain<IFederationIndexGrain>(IFederationIndexGrain.Key).List())
            .WithName("ListFederations")
            .WithSummary("Names of the federations");

        group.MapPut("{federation}", CreateAsync)
            .AddEndpointFilter<LoopbackOnly>()
            .WithMetadata(new BodyLimit(options.MaxJsonBytes))
            .Accepts<FederationSettings>("application/json")
            .Produces<FederationDescription>(StatusCodes.Status201Created)
            .Produces<FederationDescription>()
            .WithProblems(400, 403, 409, 415)
            .WithName("CreateFederation")
            .WithSummary("Create a federation; from the server's own machine only");

        group.MapGet("{federation}", (string federation, ParticipantDesk desk) => desk.DescribeAsync(federation))
            .Produces<FederationDescription>()
            .WithProblems(404)
            .WithName("DescribeFederation")
            .WithSummary("Settings, what to consider of them, initial model, layout hash, parameter count and state");
    }

    private static async Task<IResult> CreateAsync(
        string federation, HttpRequest request, FederationCreator creator, CancellationToken aborted)
    {
        RouteNames.Require(federation, "federation");
        var settings = SettingsDocument.Parse((await JsonBody.ReadBytesAsync(request, aborted)).Span);
        if (settings.Name != federation)
        {
            throw new RefusedException(
                RefusalCode.InvalidSettings,
                $"name is '{settings.Name}' but the address says '{federation}'",
                "give the same name in both");
        }

        var (description, created) = await creator.CreateAsync(settings, aborted);
        return created
            ? TypedResults.Created($"/v1/federations/{federation}", description)
            : TypedResults.Ok(description);
    }
}

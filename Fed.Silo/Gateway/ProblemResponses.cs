using Fed.Silo.Gateway.Problems;

namespace Fed.Silo.Gateway;

/// <summary>Says in the OpenAPI document which errors an endpoint has.</summary>
internal static class ProblemResponses
{
    public static RouteHandlerBuilder WithProblems(this RouteHandlerBuilder endpoint, params int[] statuses)
    {
        foreach (var status in statuses.Append(StatusCodes.Status503ServiceUnavailable))
            endpoint.Produces<Problem>(status, Problem.ContentType);
        return endpoint;
    }
}

using System.Text.Json;
using Fed.Contracts;
using Fed.Contracts.Refusals;

namespace Fed.Silo.Json;

/// <summary>Reads a JSON body strictly and says where it is wrong.</summary>
public static class JsonBody
{
    /// <exception cref="RefusedException">Not JSON, or not of this shape.</exception>
    public static async ValueTask<T> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken)
        where T : class
    {
        if (!request.HasJsonContentType())
        {
            throw new RefusedException(
                RefusalCode.InvalidRequest,
                $"the content type is '{request.ContentType}'",
                "send JSON with Content-Type: application/json");
        }

        try
        {
            return await JsonSerializer.DeserializeAsync<T>(request.Body, FedJson.Options, cancellationToken)
                ?? throw new JsonException("the body is null");
        }
        catch (JsonException error)
        {
            throw new RefusedException(
                RefusalCode.InvalidRequest,
                JsonFault.Describe(error),
                "see /openapi/v1.json for the shape of this request");
        }
    }
}

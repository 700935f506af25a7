using Microsoft.AspNetCore.Http.Metadata;

namespace Fed.Silo.Gateway;

/// <summary>How large the body of one endpoint may be; null when the endpoint bounds it itself.</summary>
internal sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata
{
    /// <summary>For enrolments and reports.</summary>
    public const int SmallJson = 64 << 10;
}

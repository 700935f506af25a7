using Fed.Contracts;
using Fed.Contracts.Wire;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Fed.Silo.Gateway;

/// <summary>What the generated document cannot know: its title, and the headers that are read.</summary>
internal static class OpenApiTexts
{
    private static readonly (string Name, string Text) Signature =
        (WireFormat.SignatureHeader,
            "ECDSA P-256 over SHA-256, IEEE P1363 form, base64, of the text that docs/protocol.md names");

    private static readonly (string Name, string Text)[] UploadHeaders =
    [
        (WireFormat.DigestHeader, "RFC 9530: sha-256=:BASE64: of the body"),
        Signature,
        (WireFormat.BaseModelHeader, "The modelSha256 that the update was trained from, as its header says"),
        ("Content-Length", "Required: the size is bounded before the body is read"),
    ];

    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer(Apply);
        options.AddSchemaTransformer(TypeDocuments);
    }

    /// <summary>Our text is an object on the wire.</summary>
    private static Task TypeDocuments(
        OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken aborted)
    {
        var property = context.JsonPropertyInfo?.AttributeProvider;
        if (property?.IsDefined(typeof(JsonDocumentTextAttribute), inherit: false) == true)
            schema.Type = JsonSchemaType.Object;
        return Task.CompletedTask;
    }

    private static Task Apply(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken aborted)
    {
        document.Info = new OpenApiInfo
        {
            Title = "FedHier participant protocol",
            Version = "1",
            Description = "Plain HTTP: JSON for control, octets for tensors. Errors are application/problem+json.",
        };
        document.Servers = [];
        var operations = document.Paths.Values.SelectMany(path => path.Operations?.Values.AsEnumerable() ?? []);
        foreach (var operation in operations)
        {
            if (operation.OperationId == "SendUpdate")
                AddHeaders(operation, UploadHeaders);
            else if (operation.OperationId == "ReportEvaluation")
                AddHeaders(operation, [Signature]);
        }

        return Task.CompletedTask;
    }

    private static void AddHeaders(OpenApiOperation operation, (string Name, string Text)[] headers)
    {
        operation.Parameters ??= [];
        foreach (var (name, text) in headers)
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Header,
                Required = true,
                Description = text,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
        }
    }
}

using System.Text.Json;
using Fed.Contracts;
using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Fed.Core.Text;

namespace Fed.Silo.Federations;

/// <summary>A federation's settings as people write them.</summary>
public static class SettingsDocument
{
    private const string Remedy = "see FederationSettings in /openapi/v1.json and docs/operations.md";

    /// <param name="json">UTF-8, with or without a byte order mark, at most what the caller has bounded.</param>
    /// <exception cref="RefusedException">Not JSON, or a property is unknown, missing or of the wrong type.</exception>
    public static FederationSettings Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            json = JsonText.RequireUtf8(json);
            var settings = JsonSerializer.Deserialize<FederationSettings>(json, FedJson.Options)
                ?? throw new JsonException();
            // Nullable annotations are checked for properties, not for the elements of lists.
            if (settings.Clusters.Contains(null!) || settings.Classes?.Contains(null!) == true
                || settings.Roster.Any(entry => entry?.Name is null || entry.Cluster is null))
            {
                throw Invalid("clusters, classes or roster has an entry that is null or lacks a name or cluster");
            }

            return settings;
        }
        catch (JsonException error)
        {
            throw Invalid(JsonFault.Describe(error, json, FedJson.Options.GetTypeInfo(typeof(FederationSettings))));
        }
    }

    private static RefusedException Invalid(string message) => new(RefusalCode.InvalidSettings, message, Remedy);
}

using System.CommandLine;
using System.Text.Json;
using Fed.Client;
using Fed.Client.Agent;
using Fed.Contracts;
using Fed.Contracts.Keys;

namespace Fed.Cli.Admin;

/// <summary><c>fed admin show</c>: a version's manifest, after its signature was checked.</summary>
internal static class ShowVersionCommand
{
    private static readonly Argument<long> Version = AdminOptions.Version("VERSION", "Number of the version");

    public static Command Create() => AdminCommand.With(
        new Command("show", "Print the signed manifest of a version: parents, contributions, settings")
        {
            Version, AdminOptions.Tier,
        },
        "show",
        async (parsed, client, federation, cancellation) =>
        {
            var record = await Versions.FindAsync(
                client, federation, parsed.GetValue(AdminOptions.Tier)!, parsed.GetValue(Version), cancellation);
            var manifest = await client.ManifestAsync(federation, record.ManifestSha256, cancellation);
            var description = await client.DescribeAsync(federation, cancellation);
            using var key = Signatures.ImportPublicKey(description.PublicKey);
            if (!manifest.IsSignedBy(key))
            {
                throw new AgentException(
                    ExitCode.Refused,
                    $"manifest {record.ManifestSha256} is not signed with the key of '{federation}': do not trust it");
            }

            Console.WriteLine(JsonSerializer.Serialize(manifest.Manifest, FedJson.Indented));
        });
}

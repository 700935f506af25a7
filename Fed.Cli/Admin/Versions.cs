using Fed.Client;
using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.Contracts.Versions;

namespace Fed.Cli.Admin;

/// <summary>Finds versions by their number.</summary>
internal static class Versions
{
    /// <summary>As many as a server lists at a time.</summary>
    public const int Most = 1000;

    /// <exception cref="AgentException">There is none among the newest.</exception>
    public static async Task<VersionRecord> FindAsync(
        FederationClient client, string federation, string tier, long number, CancellationToken cancellationToken)
    {
        var versions = await client.VersionsAsync(federation, tier, Most, cancellationToken);
        return versions.FirstOrDefault(version => version.Number == number) ?? throw new AgentException(
            ExitCode.Refused,
            $"tier '{tier}' of '{federation}' has no version {number} among its newest {Most}; "
            + "'fed admin versions' lists them");
    }
}

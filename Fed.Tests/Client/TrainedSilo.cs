using Fed.Cli;
using Fed.Client.Protocol;
using Fed.Contracts.Keys;
using Fed.Contracts.Versions;

namespace Fed.Tests.Client;

/// <summary>A real silo on which agents have trained four versions.</summary>
public sealed class TrainedSilo : IAsyncLifetime
{
    internal ClientSilo Silo { get; private set; } = null!;

    internal FederationClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Silo = await ClientSilo.StartAsync(ClientSilo.Settings(targetVersions: 4));
        using var first = new AgentHarness("a", "h264");
        using var second = new AgentHarness("c", "av1");
        await Task.WhenAll(first.RunAsync(Silo.Address), second.RunAsync(Silo.Address));
        Client = new FederationClient(Silo.Address);
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await Silo.DisposeAsync();
    }

    /// <returns>The exit code of <c>fed admin</c>.</returns>
    internal Task<int> AdminAsync(params string[] arguments) => CommandLine.RunAsync(
        ["admin", .. arguments, "--server", Silo.Address.ToString(), "--federation", ClientSilo.Federation]);

    internal async Task<VersionManifest> VerifiedAsync(string sha256)
    {
        var description = await Client.DescribeAsync(ClientSilo.Federation, CancellationToken.None);
        using var key = Signatures.ImportPublicKey(description.PublicKey);
        var manifest = await Client.ManifestAsync(ClientSilo.Federation, sha256, CancellationToken.None);
        Assert.True(manifest.IsSignedBy(key));
        return manifest.Manifest;
    }
}

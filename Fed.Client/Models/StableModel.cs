using System.Security.Cryptography;
using System.Text;
using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.Contracts;
using Fed.Contracts.Versions;
using Fed.MediaQc.Files;
using Fed.MediaQc.Learned;

namespace Fed.Client.Models;

/// <summary>
/// The stable version of a federation, as a scan needs it: asked for each time, fetched when it has moved, kept for
/// when the server cannot be reached.
/// </summary>
/// <param name="folder">Where models are kept.</param>
/// <param name="timeouts">Of the connection; null: the usual ones.</param>
public sealed class StableModel(string folder, ClientTimeouts? timeouts = null)
{
    /// <summary>Of the user: <c>$XDG_CACHE_HOME/fedhier/models</c>, or below <c>~/.cache</c>.</summary>
    public static string UsualFolder
    {
        get
        {
            var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } given
                ? given
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            return Path.Combine(cache, "fedhier", "models");
        }
    }

    /// <param name="say">Hears, in a sentence, that the model that was kept is taken, and why; or that it cannot be
    /// kept.</param>
    /// <exception cref="AgentException">The federation has no stable version, or does not say what its model is of.
    /// </exception>
    /// <exception cref="HttpRequestException">The server cannot be reached, and nothing was kept.</exception>
    /// <exception cref="ProtocolException">The server has refused.</exception>
    public async Task<LearnedModel> GetAsync(FederationAddress address, Action<string> say, CancellationToken cancel)
    {
        var kept = Path.Combine(folder, FileName(address));
        try
        {
            using var client = new FederationClient(address.Server, timeouts: timeouts);
            return await GetAsync(client, address, kept, say, cancel);
        }
        catch (Exception error) when (IsOutage(error) && !cancel.IsCancellationRequested && File.Exists(kept))
        {
            var model = LearnedModel.Open(kept);
            say($"{address} cannot be reached ({error.Message}); its stable version {model.Card.Version} of "
                + FormattableString.Invariant($"{File.GetLastWriteTimeUtc(kept):yyyy-MM-dd HH:mm} UTC is used"));
            return model;
        }
    }

    /// <exception cref="AgentException">The federation has no stable version.</exception>
    internal static async Task<VersionRecord> FindAsync(
        FederationClient client, string federation, CancellationToken cancel)
    {
        var channels = await client.ChannelsAsync(federation, cancel);
        var stable = channels.FirstOrDefault(channel => channel.Name == TierNames.Stable);
        return stable?.Version ?? throw new AgentException(
            ExitCode.Refused,
            $"federation '{federation}' has no stable version yet; a steward promotes one "
            + $"(fed admin promote NUMBER --federation {federation} --reason ...)");
    }

    private async Task<LearnedModel> GetAsync(
        FederationClient client,
        FederationAddress address,
        string kept,
        Action<string> say,
        CancellationToken cancel)
    {
        var stable = await FindAsync(client, address.Federation, cancel);
        if (Reopen(kept) is { } model)
        {
            if (model.Card.VersionSha256 == stable.ModelSha256 && model.Card.Version == stable.Number)
                return model;
            model.Dispose();
        }

        var federation = await client.DescribeAsync(address.Federation, cancel);
        var onnx = (await VersionModel.DownloadAsync(client, federation, stable, cancel)).ToOnnx();
        var fresh = LearnedModel.Of(onnx, address.ToString());
        try
        {
            Directory.CreateDirectory(folder);
            DurableFile.Write(kept, file => file.Write(onnx));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            say($"the model of {address} cannot be kept for when it is away ({error.Message}); make {folder} writable, "
                + "or name another folder by XDG_CACHE_HOME");
        }

        return fresh;
    }

    /// <summary>What was kept and cannot be read any more is fetched again.</summary>
    private static LearnedModel? Reopen(string kept)
    {
        try
        {
            return File.Exists(kept) ? LearnedModel.Open(kept) : null;
        }
        catch (DataFileException)
        {
            return null;
        }
    }

    /// <summary>The name for people, the hash for servers that have federations of the same name.</summary>
    private static string FileName(FederationAddress address)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(address.ToString()));
        return $"{address.Federation}-{Convert.ToHexStringLower(hash)[..16]}.onnx";
    }

    private static bool IsOutage(Exception error) => error
        is HttpRequestException or HttpIOException or TimeoutException or ProtocolException { IsPassing: true };
}

using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Fed.Client.Protocol;

/// <summary>Models by hash.</summary>
public sealed partial class FederationClient
{
    /// <summary>Streams a model into <paramref name="destination"/> and checks that it is what its name says.</summary>
    /// <exception cref="InvalidDataException">The bytes have another hash; they are worth nothing.</exception>
    public async Task DownloadModelAsync(
        string federation, string sha256, Stream destination, CancellationToken cancellationToken)
    {
        var found = await DownloadAsync($"{Path(federation)}/models/{sha256}", destination, cancellationToken);
        if (found != sha256)
            throw new InvalidDataException($"the server sent a model with SHA-256 {found} under the name {sha256}");
    }

    /// <inheritdoc />
    public async Task ContinueModelAsync(
        string federation, string sha256, Stream begun, long length, CancellationToken cancellationToken)
    {
        using var file = new BegunFile(begun, sha256, length);
        await file.ReadAsync(cancellationToken);
        if (!file.IsWhole)
        {
            using var stall = new Stall(_timeouts.Patience, _time, cancellationToken);
            await stall.RunAsync(async () =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"{Path(federation)}/models/{sha256}");
                request.Headers.Range = new RangeHeaderValue(file.Written, null);
                using var response = await SendAsync(request, stall);
                if (response.Content.Headers.ContentRange is not { Length: { } total, From: { } from }
                    || from != file.Written)
                {
                    throw new InvalidDataException(
                        $"the server did not send {sha256} from byte {file.Written} on; does a proxy remove Range?");
                }

                file.Require(total, exactly: true);
                await using var body = await response.Content.ReadAsStreamAsync(stall.Token);
                var piece = new byte[64 << 10];
                int read;
                while ((read = await body.ReadAsync(piece, stall.Token)) > 0)
                {
                    stall.Progress();
                    await file.AppendAsync(piece.AsMemory(0, read), stall.Token);
                }

                return true;
            });
        }

        file.RequireWhole();
    }

    /// <returns>The SHA-256 of what came.</returns>
    private async Task<string> DownloadAsync(string path, Stream destination, CancellationToken cancellationToken)
    {
        using var stall = new Stall(_timeouts.Patience, _time, cancellationToken);
        return await stall.RunAsync(async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            using var response = await SendAsync(request, stall);
            await using var body = await response.Content.ReadAsStreamAsync(stall.Token);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var piece = new byte[64 << 10];
            int read;
            while ((read = await body.ReadAsync(piece, stall.Token)) > 0)
            {
                stall.Progress();
                hash.AppendData(piece, 0, read);
                await destination.WriteAsync(piece.AsMemory(0, read), stall.Token);
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        });
    }
}

using System.Security.Cryptography;

namespace Fed.Client.Protocol;

/// <summary>A download that goes on where an earlier one has ended: what it may still take in, and what it has become.
/// </summary>
/// <param name="file">Readable and seekable, with the first bytes.</param>
/// <param name="length">Of the whole.</param>
internal sealed class BegunFile(Stream file, string sha256, long length) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Bytes that are there.</summary>
    public long Written => file.Length;

    public bool IsWhole => Written == length;

    /// <summary>Reads what is there already.</summary>
    /// <exception cref="InvalidDataException">It is longer than the whole.</exception>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        Require(Written);
        file.Position = 0;
        var piece = new byte[64 << 10];
        int read;
        while ((read = await file.ReadAsync(piece, cancellationToken)) > 0)
            _hash.AppendData(piece, 0, read);
    }

    /// <exception cref="InvalidDataException">The server says that the whole is longer or shorter.</exception>
    public void Require(long total, bool exactly = false)
    {
        if (total > length || (exactly && total != length))
        {
            throw new InvalidDataException(
                $"{sha256} has {total} bytes; the federation's settings make {length} of it");
        }
    }

    /// <exception cref="InvalidDataException">The whole would be longer than it may be.</exception>
    public async Task AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        Require(Written + bytes.Length);
        await file.WriteAsync(bytes, cancellationToken);
        _hash.AppendData(bytes.Span);
    }

    /// <summary>At the end of the download.</summary>
    /// <exception cref="InvalidDataException">Not whole, or not what its name says.</exception>
    public void RequireWhole()
    {
        Require(Written, exactly: true);
        var found = Convert.ToHexStringLower(_hash.GetHashAndReset());
        if (found != sha256)
            throw new InvalidDataException($"the server sent a model with SHA-256 {found} under the name {sha256}");
    }

    public void Dispose() => _hash.Dispose();
}

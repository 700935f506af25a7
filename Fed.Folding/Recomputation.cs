using System.Security.Cryptography;
using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Storage;
using Fed.Contracts.Versions;

namespace Fed.Folding;

/// <summary>
/// Computes versions again from what their manifests name, by the jobs that made them, and compares the hashes.
/// </summary>
/// <param name="blobs">What is written into it need only be hashed.</param>
/// <param name="manifestOf">By hash.</param>
internal sealed class Recomputation(
    IBlobStore blobs,
    FederationSettings settings,
    Func<string, CancellationToken, ValueTask<VersionManifest>> manifestOf)
{
    private const string Mean = "mean";

    /// <summary>Returns if the version comes out as its manifest says.</summary>
    /// <exception cref="InvalidDataException">It does not, or what it was made of is missing or damaged.</exception>
    public async Task VerifyAsync(VersionManifest manifest, CancellationToken cancellationToken)
    {
        if (manifest.Tier == TierNames.Retention)
            return;
        // Also what nothing is computed from, such as quarantined updates: each is compared with its name.
        foreach (var name in ManifestChain.Blobs(manifest).Distinct(StringComparer.Ordinal))
        {
            using var blob = await blobs.OpenAsync(name, cancellationToken)
                ?? throw new InvalidDataException($"blob {name} is missing");
        }

        switch (manifest.Tier == TierNames.Stable ? TierNames.Stable : manifest.Kind)
        {
            case TierNames.Stable:
                var target = await manifestOf(manifest.Parents[^1], cancellationToken);
                Require("model", manifest.ModelSha256, target.ModelSha256);
                break;
            case "fold":
                await VerifyInputsAsync(manifest, cancellationToken);
                await VerifyFoldAsync(manifest, cancellationToken);
                break;
            case "adopt":
                Require("model", manifest.ModelSha256, await AdoptAsync(manifest, cancellationToken));
                break;
            case "release":
                var folded = await manifestOf(manifest.Parents[0], cancellationToken);
                Require("model", manifest.ModelSha256, folded.ModelSha256);
                break;
            case "rollback":
                await VerifyRollbackAsync(manifest, cancellationToken);
                break;
            case "initial":
                break;
            default:
                throw new InvalidDataException($"its kind is '{manifest.Kind}', which this release does not know");
        }
    }

    /// <summary>What was folded is what was contributed: updates with their weights, or the clusters' sums.</summary>
    private async Task VerifyInputsAsync(VersionManifest manifest, CancellationToken cancellationToken)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var receipt in manifest.Contributions)
            known.Add($"{receipt.Sha256} with factor {receipt.Weight}");
        foreach (var parent in manifest.Contributions.Count > 0 ? [] : manifest.Parents.Skip(1))
            known.Add((await manifestOf(parent, cancellationToken)).SumsSha256 ?? "");
        foreach (var input in manifest.Inputs)
        {
            var name = manifest.Contributions.Count > 0 ? $"{input.Sha256} with factor {input.Factor}" : input.Sha256;
            if (!known.Contains(name))
                throw new InvalidDataException($"its input {name} is none of its contributions");
        }

        if (manifest.Rule == Mean && manifest.Contributions.Count > manifest.Inputs.Count)
            throw new InvalidDataException("the mean has fewer inputs than the manifest has contributions");
    }

    private async Task VerifyFoldAsync(VersionManifest manifest, CancellationToken cancellationToken)
    {
        if (manifest.BaseModel is not { } start || manifest.Arithmetic is not { } arithmetic)
            throw new InvalidDataException("its manifest names no base model or no arithmetic");
        var request = new FoldRequest(
            start,
            manifest.Inputs,
            arithmetic,
            manifest.Optimizer,
            manifest.PreviousOptimizerState,
            KeepModel: HasModel(manifest),
            KeepSums: manifest.SumsSha256 is not null,
            manifest.Rule,
            manifest.Reference);
        var result = await new FoldJob(blobs, request).RunAsync(cancellationToken);
        Require("sums", manifest.SumsSha256, result.SumsSha256);
        Require("model", manifest.ModelSha256, result.ModelSha256 ?? start);
        Require("optimiser's state", manifest.OptimizerState, result.OptimizerState);
    }

    /// <summary>
    /// A cluster's round that waits for the global version steps no model of its own, unless to keep a part of it.
    /// </summary>
    private bool HasModel(VersionManifest manifest) =>
        manifest.SumsSha256 is null || settings.Mode == FederationMode.Async || settings.Specialisation > 0;

    private async Task<string> AdoptAsync(VersionManifest manifest, CancellationToken cancellationToken)
    {
        var global = await manifestOf(manifest.Parents[1], cancellationToken);
        return manifest is { Specialisation: > 0, BaseModel: { } own } && own != global.ModelSha256
            ? await MixJob.RunAsync(blobs, global.ModelSha256, own, manifest.Specialisation, cancellationToken)
            : global.ModelSha256;
    }

    /// <summary>
    /// The second parent is the version that was restored or, of a cluster, the global version that did so. Under
    /// SCAFFOLD a restored model takes over the current c.
    /// </summary>
    private async Task VerifyRollbackAsync(VersionManifest manifest, CancellationToken cancellationToken)
    {
        var restored = await manifestOf(manifest.Parents[1], cancellationToken);
        var model = settings.Training.ControlVariates && manifest.BaseModel is { } current
            ? await SpliceJob.RunAsync(blobs, restored.ModelSha256, current, cancellationToken)
            : restored.ModelSha256;
        Require("model", manifest.ModelSha256, model);
        if (manifest.BaseModel is not null)
            Require("optimiser's state", manifest.OptimizerState, restored.OptimizerState);
    }

    private static void Require(string what, string? expected, string? found)
    {
        if (found != expected)
        {
            throw new InvalidDataException(
                $"its {what} should be {expected ?? "none"}, and comes out as {found ?? "none"}");
        }
    }
}

/// <summary>A blob of which only the hash is wanted.</summary>
internal sealed class DiscardingWriter : IBlobWriter
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public DiscardingWriter() => Stream = new HashStream(_hash);

    public Stream Stream { get; }

    public string Sha256 => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public ValueTask<string> CommitAsync(CancellationToken cancellationToken) => new(Sha256);

    public ValueTask DisposeAsync()
    {
        _hash.Dispose();
        return Stream.DisposeAsync();
    }

    private sealed class HashStream(IncrementalHash hash) : Stream
    {
        private long _length;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position
        {
            get => _length;
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            hash.AppendData(buffer);
            _length += buffer.Length;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}

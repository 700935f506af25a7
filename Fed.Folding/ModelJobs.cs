using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Fed.Contracts.Storage;
using Fed.Core.Aggregation;
using Fed.Core.Blocks;
using Fed.Core.Models;

namespace Fed.Folding;

/// <summary>Mixes a cluster's model with the global one, block by block.</summary>
internal static class MixJob
{
    public static async Task<string> RunAsync(
        IBlobStore blobs,
        string globalModel,
        string ownModel,
        double specialisation,
        CancellationToken cancellationToken)
    {
        using var models = await ModelPair.OpenAsync(blobs, globalModel, ownModel, cancellationToken);
        await using var blob = await blobs.CreateAsync(cancellationToken);
        blob.Stream.Write(SafetensorsHeader.Encode(models.Layout));
        models.ForEachBlock(
            (global, own) =>
            {
                Specialisation.Mix(global, specialisation, own);
                blob.Stream.Write(MemoryMarshal.AsBytes(own));
            },
            cancellationToken);
        return await blob.CommitAsync(cancellationToken);
    }
}

/// <summary>How far a cluster's model is from the global one: for metrics, nothing is decided by it.</summary>
internal static class DivergenceJob
{
    /// <returns>|own - global| / |global|, L2 norms; null where the global one is zero.</returns>
    public static async Task<double?> RunAsync(
        IBlobStore blobs, string globalModel, string ownModel, CancellationToken cancellationToken)
    {
        using var models = await ModelPair.OpenAsync(blobs, globalModel, ownModel, cancellationToken);
        var (difference, whole) = (0.0, 0.0);
        models.ForEachBlock(
            (global, own) =>
            {
                whole += TensorPrimitives.SumOfSquares<float>(global);
                TensorPrimitives.Subtract(own, global, own);
                difference += TensorPrimitives.SumOfSquares<float>(own);
            },
            cancellationToken);
        return whole == 0 ? null : Math.Sqrt(difference / whole);
    }
}

/// <summary>The global model and a cluster's own, of one layout, read side by side.</summary>
internal sealed class ModelPair : IDisposable
{
    private readonly BlobSet _open;
    private readonly (IBlobReader Blob, long Offset) _global;
    private readonly (IBlobReader Blob, long Offset) _own;

    private ModelPair(BlobSet open, IBlobReader global, IBlobReader own)
    {
        _open = open;
        var (header, ownHeader) = (SafetensorsHeader.Read(global), SafetensorsHeader.Read(own));
        if (header.Layout.Hash != ownHeader.Layout.Hash)
            throw new InvalidDataException("the cluster's model and the global one differ in layout");
        Layout = header.Layout;
        (_global, _own) = ((global, header.DataOffset), (own, ownHeader.DataOffset));
    }

    /// <param name="own">The caller may write to it.</param>
    public delegate void BlockAction(Span<float> global, Span<float> own);

    public ModelLayout Layout { get; }

    /// <exception cref="InvalidDataException">A model is missing or damaged, or they differ in layout.</exception>
    public static async Task<ModelPair> OpenAsync(
        IBlobStore blobs, string global, string own, CancellationToken cancellationToken)
    {
        var open = new BlobSet(blobs);
        try
        {
            return new ModelPair(
                open,
                await open.OpenAsync(global, cancellationToken),
                await open.OpenAsync(own, cancellationToken));
        }
        catch
        {
            open.Dispose();
            throw;
        }
    }

    public void ForEachBlock(BlockAction action, CancellationToken cancellationToken)
    {
        var left = new float[BlockFileHeader.StandardBlockLength];
        var right = new float[BlockFileHeader.StandardBlockLength];
        for (long start = 0; start < Layout.ParameterCount; start += left.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var length = (int)Math.Min(left.Length, Layout.ParameterCount - start);
            var global = left.AsSpan(0, length);
            var own = right.AsSpan(0, length);
            _global.Blob.Read(_global.Offset + start * sizeof(float), MemoryMarshal.AsBytes(global));
            _own.Blob.Read(_own.Offset + start * sizeof(float), MemoryMarshal.AsBytes(own));
            action(global, own);
        }
    }

    public void Dispose() => _open.Dispose();
}

/// <summary>
/// The first half of one vector, the second half of another: a model that is restored under SCAFFOLD, [x; c], takes x
/// from the earlier version but keeps c, which is the mean of what the participants hold now.
/// </summary>
internal static class SpliceJob
{
    public static async Task<string> RunAsync(
        IBlobStore blobs, string first, string second, CancellationToken cancellationToken)
    {
        using var open = new BlobSet(blobs);
        var left = await open.OpenAsync(first, cancellationToken);
        var right = await open.OpenAsync(second, cancellationToken);
        var header = SafetensorsHeader.Read(left);
        var other = SafetensorsHeader.Read(right);
        if (header.Layout.Hash != other.Layout.Hash || header.Layout.ParameterCount % 2 != 0)
            throw new InvalidDataException("the two vectors differ in layout, or are no [x; c]");

        await using var blob = await blobs.CreateAsync(cancellationToken);
        blob.Stream.Write(SafetensorsHeader.Encode(header.Layout));
        var half = header.Layout.ParameterCount / 2;
        Copy(left, header.DataOffset, half, blob.Stream);
        Copy(right, other.DataOffset + half * sizeof(float), half, blob.Stream);
        return await blob.CommitAsync(cancellationToken);
    }

    private static void Copy(IBlobReader source, long offset, long count, Stream destination)
    {
        var buffer = new float[BlockFileHeader.StandardBlockLength];
        for (long start = 0; start < count; start += buffer.Length)
        {
            var part = MemoryMarshal.AsBytes(buffer.AsSpan(0, (int)Math.Min(buffer.Length, count - start)));
            source.Read(offset + start * sizeof(float), part);
            destination.Write(part);
        }
    }
}

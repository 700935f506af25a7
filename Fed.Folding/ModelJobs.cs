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
        using var open = new BlobSet(blobs);
        var global = await open.OpenAsync(globalModel, cancellationToken);
        var own = await open.OpenAsync(ownModel, cancellationToken);
        var header = SafetensorsHeader.Read(global);
        var ownHeader = SafetensorsHeader.Read(own);
        if (header.Layout.Hash != ownHeader.Layout.Hash)
            throw new InvalidDataException("the cluster's model and the global one differ in layout");

        await using var blob = await blobs.CreateAsync(cancellationToken);
        blob.Stream.Write(SafetensorsHeader.Encode(header.Layout));
        var left = new float[BlockFileHeader.StandardBlockLength];
        var right = new float[BlockFileHeader.StandardBlockLength];
        for (long start = 0; start < header.Layout.ParameterCount; start += left.Length)
        {
            var length = (int)Math.Min(left.Length, header.Layout.ParameterCount - start);
            var x = left.AsSpan(0, length);
            var y = right.AsSpan(0, length);
            global.Read(header.DataOffset + start * sizeof(float), MemoryMarshal.AsBytes(x));
            own.Read(ownHeader.DataOffset + start * sizeof(float), MemoryMarshal.AsBytes(y));
            Specialisation.Mix(x, specialisation, y);
            blob.Stream.Write(MemoryMarshal.AsBytes(y));
        }

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
        using var open = new BlobSet(blobs);
        var global = await open.OpenAsync(globalModel, cancellationToken);
        var own = await open.OpenAsync(ownModel, cancellationToken);
        var header = SafetensorsHeader.Read(global);
        var ownHeader = SafetensorsHeader.Read(own);
        if (header.Layout.Hash != ownHeader.Layout.Hash)
            throw new InvalidDataException("the cluster's model and the global one differ in layout");

        var (difference, whole) = (0.0, 0.0);
        var left = new float[BlockFileHeader.StandardBlockLength];
        var right = new float[BlockFileHeader.StandardBlockLength];
        for (long start = 0; start < header.Layout.ParameterCount; start += left.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var length = (int)Math.Min(left.Length, header.Layout.ParameterCount - start);
            var x = left.AsSpan(0, length);
            var y = right.AsSpan(0, length);
            global.Read(header.DataOffset + start * sizeof(float), MemoryMarshal.AsBytes(x));
            own.Read(ownHeader.DataOffset + start * sizeof(float), MemoryMarshal.AsBytes(y));
            whole += TensorPrimitives.SumOfSquares<float>(x);
            TensorPrimitives.Subtract(y, x, y);
            difference += TensorPrimitives.SumOfSquares<float>(y);
        }

        return whole == 0 ? null : Math.Sqrt(difference / whole);
    }
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

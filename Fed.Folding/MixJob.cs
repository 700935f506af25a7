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
        IBlobStore blobs, string globalModel, string ownModel, double specialisation, CancellationToken cancellationToken)
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

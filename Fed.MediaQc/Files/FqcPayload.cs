using System.Buffers.Binary;
using System.IO.Compression;

namespace Fed.MediaQc.Files;

/// <summary>
/// The payload of a .fqc file. Expanded it is: labels, severities, source indices (uint16, little-endian), one
/// <see cref="PlaneMode"/> for each frame of each patch, then the residuals; compressed it is one Brotli stream.
/// </summary>
internal static class FqcPayload
{
    public static byte[] Compress(PatchSet set, CompressionLevel level)
    {
        int frames = set.Shape[0], width = set.Shape[2], plane = set.Shape[1] * width;
        var modes = new byte[set.Count * frames];
        var residuals = new byte[set.Pixels.Length];
        for (var i = 0; i < modes.Length; i++)
        {
            var previous = i % frames == 0 ? [] : set.Pixels.AsSpan((i - 1) * plane, plane);
            var pixels = set.Pixels.AsSpan(i * plane, plane);
            modes[i] = (byte)PlanePredictor.Encode(pixels, previous, width, residuals.AsSpan(i * plane, plane));
        }

        var indices = new byte[2 * set.Count];
        for (var i = 0; i < set.Count; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(indices.AsSpan(2 * i), set.SourceIndices[i]);
        var output = new MemoryStream();
        using (var brotli = new BrotliStream(output, level))
        {
            foreach (var part in new[] { set.Labels, set.Severities, indices, modes, residuals })
                brotli.Write(part);
        }

        return output.ToArray();
    }

    /// <exception cref="InvalidDataException">The payload does not hold what the header promises.</exception>
    public static PatchSet Expand(FqcHeader header, ReadOnlyMemory<byte> payload)
    {
        int count = header.Count, frames = header.Shape[0], width = header.Shape[2];
        var plane = header.Shape[1] * width;
        var labels = new byte[count];
        var severities = new byte[count];
        var indexBytes = new byte[2 * count];
        var modes = new byte[count * frames];
        var pixels = new byte[count * frames * plane];
        using (var brotli = new BrotliStream(new MemoryStream(payload.ToArray()), CompressionMode.Decompress))
        {
            foreach (var part in new[] { labels, severities, indexBytes, modes, pixels })
            {
                if (brotli.ReadAtLeast(part, part.Length, throwOnEndOfStream: false) < part.Length)
                    throw new InvalidDataException("the payload is shorter than the header says");
            }

            if (brotli.ReadByte() >= 0)
                throw new InvalidDataException("the payload is longer than the header says");
        }

        for (var i = 0; i < modes.Length; i++)
        {
            var first = i % frames == 0;
            if (modes[i] > (byte)(first ? PlaneMode.Spatial : PlaneMode.Mixed))
                throw new InvalidDataException($"frame {i} has the unknown prediction mode {modes[i]}");
            var previous = first ? [] : pixels.AsSpan((i - 1) * plane, plane);
            PlanePredictor.Decode((PlaneMode)modes[i], pixels.AsSpan(i * plane, plane), previous, width);
        }

        var indices = new ushort[count];
        for (var i = 0; i < count; i++)
        {
            indices[i] = BinaryPrimitives.ReadUInt16LittleEndian(indexBytes.AsSpan(2 * i));
            if (indices[i] >= header.Sources.Length || labels[i] >= header.Classes.Length)
                throw new InvalidDataException($"patch {i} names a source or class that the header does not have");
        }

        return new PatchSet(
            header.Task, header.Features, header.Shape, header.Classes, header.Sources, labels, severities, indices,
            pixels);
    }
}

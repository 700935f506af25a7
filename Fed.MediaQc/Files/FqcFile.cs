using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fed.MediaQc.Files;

/// <summary>Labelled 8-bit patches as they are stored: what a .fqc file holds.</summary>
/// <param name="Task">Name of the task, for example <c>media-qc</c>.</param>
/// <param name="Features">Key of the feature extraction that makes model inputs of the patches.</param>
/// <param name="Shape">Stored shape of one patch: frames, height, width.</param>
/// <param name="Classes">Class names; a label is an index into them.</param>
/// <param name="Sources">Identifiers of the source images that the patches come from.</param>
/// <param name="Labels">One label a patch.</param>
/// <param name="Severities">One severity a patch: 0 none, 1 slight, 2 clear, 3 severe.</param>
/// <param name="SourceIndices">One index into <paramref name="Sources"/> a patch.</param>
/// <param name="Pixels">Patch after patch, frame after frame, row-major.</param>
public sealed record PatchSet(
    string Task,
    string Features,
    IReadOnlyList<int> Shape,
    IReadOnlyList<string> Classes,
    IReadOnlyList<string> Sources,
    byte[] Labels,
    byte[] Severities,
    ushort[] SourceIndices,
    byte[] Pixels)
{
    public int Count => Labels.Length;

    /// <summary>Bytes of one patch.</summary>
    public int PatchLength => Shape.Aggregate(1, (product, side) => checked(product * side));

    public ReadOnlySpan<byte> Patch(int index) => Pixels.AsSpan(index * PatchLength, PatchLength);

    /// <summary>Number of patches of each class.</summary>
    public int[] CountByClass()
    {
        var counts = new int[Classes.Count];
        foreach (var label in Labels)
            counts[label]++;
        return counts;
    }
}

/// <summary>
/// Reads and writes .fqc files: <c>"FQC" version(1) | header length (int32, little-endian) | header (JSON) | payload
/// (Brotli) | SHA-256 of all bytes before</c>. See docs/data.md for the payload.
/// </summary>
public static class FqcFile
{
    private const byte Version = 1;
    private const int Prefix = 8;
    private const int MaximumHeader = 1 << 20;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <param name="level">The smallest files take seconds a megabyte to write.</param>
    public static void Write(string path, PatchSet set, CompressionLevel level = CompressionLevel.SmallestSize)
    {
        var payload = FqcPayload.Compress(set, level);
        var header = JsonSerializer.SerializeToUtf8Bytes(
            new FqcHeader(
                set.Task, set.Features, [.. set.Shape], [.. set.Classes], set.Count, [.. set.Sources], payload.Length),
            Json);
        var file = new byte[Prefix + header.Length + payload.Length + SHA256.HashSizeInBytes];
        "FQC"u8.CopyTo(file);
        file[3] = Version;
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), header.Length);
        header.CopyTo(file, Prefix);
        payload.CopyTo(file, Prefix + header.Length);
        var body = file.AsSpan(0, file.Length - SHA256.HashSizeInBytes);
        SHA256.HashData(body, file.AsSpan(body.Length));
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllBytes(path, file);
    }

    /// <exception cref="DataFileException">The file is missing, truncated, altered, or not a .fqc file.</exception>
    public static PatchSet Read(string path)
    {
        byte[] file;
        try
        {
            file = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(path, "the file is missing; restore it or build the set again", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataFileException(path, $"the file cannot be read ({error.Message})", error);
        }

        return Parse(path, file);
    }

    private static PatchSet Parse(string path, byte[] file)
    {
        if (file.Length < Prefix || !file.AsSpan(0, 3).SequenceEqual("FQC"u8))
            throw new DataFileException(path, "this is not a .fqc file: it does not begin with FQC");
        if (file[3] != Version)
            throw new DataFileException(path, $"version {file[3]} is not known; this program reads version {Version}");
        var headerLength = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(4));
        if (headerLength is < 2 or > MaximumHeader)
            throw Damaged(path, $"the header length {headerLength} is outside 2..{MaximumHeader}");
        if (file.Length < Prefix + headerLength)
            throw Truncated(path, file.Length, Prefix + headerLength);
        var header = ParseHeader(path, file.AsSpan(Prefix, headerLength));
        var body = Prefix + headerLength + header.PayloadBytes;
        var expected = body + SHA256.HashSizeInBytes;
        if (file.Length < expected)
            throw Truncated(path, file.Length, expected);
        if (file.Length > expected)
            throw Damaged(path, $"{file.Length - expected} bytes follow the end of the file");
        if (!SHA256.HashData(file.AsSpan(0, (int)body)).AsSpan().SequenceEqual(file.AsSpan((int)body)))
            throw Damaged(path, "the checksum does not match");
        try
        {
            return FqcPayload.Expand(header, file.AsMemory(Prefix + headerLength, (int)header.PayloadBytes));
        }
        catch (InvalidDataException error)
        {
            throw new DataFileException(path, $"damaged: {error.Message}", error);
        }
    }

    private static FqcHeader ParseHeader(string path, ReadOnlySpan<byte> bytes)
    {
        FqcHeader? header;
        try
        {
            header = JsonSerializer.Deserialize<FqcHeader>(bytes, Json);
        }
        catch (JsonException error)
        {
            throw new DataFileException(path, $"damaged: the header is not readable ({error.Message})", error);
        }

        return header?.Problem() is { } problem
            ? throw Damaged(path, problem)
            : header ?? throw Damaged(path, "the header is empty");
    }

    private static DataFileException Truncated(string path, long length, long expected) =>
        new(path, $"truncated: {length} of {expected} bytes; restore the file or build the set again");

    private static DataFileException Damaged(string path, string what) =>
        new(path, $"damaged: {what}; restore the file or build the set again");
}

/// <summary>The JSON header of a .fqc file.</summary>
/// <param name="Task">Name of the task.</param>
/// <param name="Features">Key of the feature extraction.</param>
/// <param name="Shape">Stored shape of a patch: frames, height, width; sides 1 to 4096.</param>
/// <param name="Classes">Class names, 2 to 255.</param>
/// <param name="Count">Number of patches.</param>
/// <param name="Sources">Source identifiers.</param>
/// <param name="PayloadBytes">Compressed bytes between header and checksum.</param>
public sealed record FqcHeader(
    [property: JsonRequired] string Task,
    [property: JsonRequired] string Features,
    [property: JsonRequired] int[] Shape,
    [property: JsonRequired] string[] Classes,
    [property: JsonRequired] int Count,
    [property: JsonRequired] string[] Sources,
    [property: JsonRequired] long PayloadBytes)
{
    /// <summary>Why the header cannot be right, or null.</summary>
    public string? Problem()
    {
        if (Shape is not { Length: 3 } || Shape.Any(side => side is < 1 or > 4096))
            return $"the shape must be frames, height, width, each 1 to 4096, not [{string.Join(',', Shape ?? [])}]";
        if (Classes is not { Length: >= 2 and <= 255 })
            return "there must be 2 to 255 classes";
        if (Count < 0 || PayloadBytes < 0 || Sources is null)
            return "the count or the payload length is negative, or the sources are absent";
        return (long)Count * Shape[0] * Shape[1] * Shape[2] > 1L << 30
            ? $"{Count} patches of [{string.Join(',', Shape)}] are more than 1 GiB"
            : null;
    }
}

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

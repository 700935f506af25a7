using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace Fed.MediaQc.Files;

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

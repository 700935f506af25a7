using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Fed.Core.IO;

namespace Fed.Core.Models;

/// <summary>Whole models as safetensors files, for those who hold them in memory: participants and tools.</summary>
public static class Safetensors
{
    /// <param name="parameters">The flat vector in layout order.</param>
    public static void Write(Stream destination, ModelLayout layout, ReadOnlySpan<float> parameters)
    {
        if (parameters.Length != layout.ParameterCount)
            throw new ArgumentException($"{parameters.Length} parameters; the layout has {layout.ParameterCount}");
        destination.Write(SafetensorsHeader.Encode(layout));
        destination.Write(MemoryMarshal.AsBytes(parameters));
    }

    /// <exception cref="InvalidDataException">Not such a file, or another layout.</exception>
    public static float[] ReadParameters(IRandomReader file, ModelLayout layout)
    {
        var header = SafetensorsHeader.Read(file);
        if (header.Layout.Hash != layout.Hash)
        {
            throw new InvalidDataException(
                $"the model's layout is {header.Layout.Hash}, the specification's is {layout.Hash}: "
                + header.Layout.DifferenceFrom(layout));
        }

        var parameters = new float[layout.ParameterCount];
        file.Read(header.DataOffset, MemoryMarshal.AsBytes(parameters.AsSpan()));
        return parameters;
    }

    /// <inheritdoc cref="ReadParameters(IRandomReader, ModelLayout)"/>
    public static float[] ReadParameters(Stream source, ModelLayout layout)
    {
        using var copy = new MemoryStream();
        source.CopyTo(copy);
        return ReadParameters(new MemoryReader(copy.GetBuffer().AsMemory(0, (int)copy.Length)), layout);
    }
}

/// <summary>
/// The head of a safetensors file (github.com/huggingface/safetensors, README 'Format'): 8 bytes little-endian length,
/// JSON, then the tensors' bytes. Ours hold float32 tensors in layout order without gaps; the metadata name the
/// extractor of a model that is not whole.
/// </summary>
/// <param name="Layout">Names and shapes in order of their offsets.</param>
/// <param name="DataOffset">Where parameter 0 stands in the file.</param>
public sealed record SafetensorsHeader(ModelLayout Layout, long DataOffset)
{
    /// <summary>Beyond this a header is refused before it is read.</summary>
    public const int MaxBytes = 16 << 20;

    private const string Metadata = "__metadata__";
    private const string ExtractorKey = "extractor";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The bytes before the data, padded with spaces to a multiple of 8.</summary>
    public static byte[] Encode(ModelLayout layout)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteStartObject(Metadata);
            writer.WriteString("format", "fedhier");
            if (layout.Extractor is not null)
                writer.WriteString(ExtractorKey, layout.Extractor);
            writer.WriteEndObject();
            foreach (var slot in layout.Tensors)
            {
                writer.WriteStartObject(slot.Name);
                writer.WriteString("dtype", "F32");
                writer.WriteStartArray("shape");
                foreach (var side in slot.Shape)
                    writer.WriteNumberValue(side);
                writer.WriteEndArray();
                writer.WriteStartArray("data_offsets");
                writer.WriteNumberValue(slot.Offset * sizeof(float));
                writer.WriteNumberValue((slot.Offset + slot.Length) * sizeof(float));
                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        while (json.Length % 8 != 0)
            json.WriteByte((byte)' ');
        var head = new byte[8 + json.Length];
        BinaryPrimitives.WriteInt64LittleEndian(head, json.Length);
        json.ToArray().CopyTo(head, 8);
        return head;
    }

    /// <summary>Bytes of a whole file of ours with this layout.</summary>
    public static long FileLength(ModelLayout layout) =>
        Encode(layout).Length + layout.ParameterCount * sizeof(float);

    /// <exception cref="InvalidDataException">Not safetensors, not float32, gaps, or the wrong length.</exception>
    public static SafetensorsHeader Read(IRandomReader file)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (file.Length < prefix.Length)
            throw new InvalidDataException($"a safetensors file has at least 8 bytes, this has {file.Length}");
        file.Read(0, prefix);
        var length = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (length is < 2 or > MaxBytes || length > file.Length - 8)
            throw new InvalidDataException($"a safetensors header of {length} bytes is out of range");
        var json = new byte[length];
        file.Read(8, json);
        var layout = Parse(json);
        var expected = 8 + length + layout.ParameterCount * sizeof(float);
        return file.Length == expected
            ? new SafetensorsHeader(layout, 8 + length)
            : throw new InvalidDataException($"the header describes {expected} bytes, the file has {file.Length}");
    }

    private static ModelLayout Parse(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            var tensors = document.RootElement.EnumerateObject()
                .Where(property => property.Name != Metadata)
                .Select(property => (
                    property.Name,
                    Dtype: property.Value.GetProperty("dtype").GetString(),
                    Shape: property.Value.GetProperty("shape").EnumerateArray()
                        .Select(side => side.GetInt32()).ToArray(),
                    Offsets: property.Value.GetProperty("data_offsets").EnumerateArray()
                        .Select(offset => offset.GetInt64()).ToArray()))
                .OrderBy(tensor => tensor.Offsets.FirstOrDefault())
                .ToArray();
            if (tensors.FirstOrDefault(tensor => tensor.Dtype != "F32").Name is { } other)
                throw new InvalidDataException($"tensor '{other}' is not F32");
            var layout = new ModelLayout(
                tensors.Select(tensor => (tensor.Name, (IReadOnlyList<int>)tensor.Shape)),
                ExtractorOf(document.RootElement));
            for (var i = 0; i < tensors.Length; i++)
            {
                var start = checked(layout.Tensors[i].Offset * sizeof(float));
                var end = checked(start + layout.Tensors[i].Length * sizeof(float));
                if (!tensors[i].Offsets.AsSpan().SequenceEqual([start, end]))
                {
                    throw new InvalidDataException(
                        $"tensor '{tensors[i].Name}' must have data_offsets [{start},{end}]: its own size, right after "
                        + "the one before it");
                }
            }

            return layout;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException
            or FormatException or ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            var text = Encoding.UTF8.GetString(json.AsSpan(0, Math.Min(json.Length, 80)));
            throw new InvalidDataException($"not a safetensors header ({error.Message}): {text}", error);
        }
    }

    private static string? ExtractorOf(JsonElement root) =>
        root.TryGetProperty(Metadata, out var metadata) && metadata.TryGetProperty(ExtractorKey, out var extractor)
            ? extractor.GetString()
            : null;
}

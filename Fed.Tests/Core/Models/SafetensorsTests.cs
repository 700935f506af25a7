using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Fed.Core.IO;
using Fed.Core.Models;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Models;

public sealed class SafetensorsTests
{
    private static readonly ModelLayout Layout = new([("dense.weight", [3, 4]), ("dense.bias", [3]), ("größe \"x\"", [])]);
    private static readonly float[] Parameters = Deltas.OnGrid(1, 16, UpdateFiles.Grid);

    [Fact]
    public void Read_OfWrite_GivesTheSameBits()
    {
        var file = Write();
        Assert.Equal(Bits(Parameters), Bits(Safetensors.ReadParameters(new MemoryReader(file), Layout)));
        using var stream = new MemoryStream(file);
        Assert.Equal(Bits(Parameters), Bits(Safetensors.ReadParameters(stream, Layout)));
    }

    [Fact]
    public void Write_ParsedByTheRulesOfTheFormat_IsValid()
    {
        // Independent of the reader under test: github.com/huggingface/safetensors, README, "Format".
        var file = Write();
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        Assert.Equal(0, (8 + length) % 8);
        Assert.Equal((byte)'{', file[8]);
        Assert.InRange(length, 2, 100_000_000);
        var header = JsonNode.Parse(file.AsSpan(8, length))!.AsObject();
        Assert.All(header["__metadata__"]!.AsObject(), entry => Assert.NotNull((string?)entry.Value));
        header.Remove("__metadata__");

        var data = file.AsSpan(8 + length).ToArray();
        long end = 0;
        foreach (var (slot, (name, tensor)) in Layout.Tensors.Zip(header))
        {
            Assert.Equal(slot.Name, name);
            Assert.Equal("F32", (string?)tensor!["dtype"]);
            var shape = tensor["shape"]!.AsArray().Select(side => (int)side!).ToArray();
            Assert.Equal(slot.Shape, shape);
            var offsets = tensor["data_offsets"]!.AsArray().Select(offset => (long)offset!).ToArray();
            Assert.Equal([end, end + 4 * shape.Aggregate(1, (product, side) => product * side)], offsets);
            end = offsets[1];
            for (var i = 0; i < slot.Length; i++)
            {
                var value = BinaryPrimitives.ReadSingleLittleEndian(data.AsSpan((int)(offsets[0] + 4 * i)));
                Assert.Equal(BitConverter.SingleToInt32Bits(Parameters[slot.Offset + i]), BitConverter.SingleToInt32Bits(value));
            }
        }

        Assert.Equal(data.Length, end);
    }

    [Fact]
    public void Write_Bytes_AreFixed()
    {
        // Stored versions are named by their hash: the bytes of a model may never change.
        using var stream = new MemoryStream();
        Safetensors.Write(stream, new ModelLayout([("w", [2]), ("b", [1])]), [1f, -2f, 0.5f]);
        const string Header =
            """{"__metadata__":{"format":"fedhier"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"""
            + """ "b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""";
        var json = Header.Replace(" ", "", StringComparison.Ordinal);
        var padded = json.PadRight((json.Length + 7) / 8 * 8);
        byte[] expected =
        [
            (byte)padded.Length, 0, 0, 0, 0, 0, 0, 0, .. System.Text.Encoding.ASCII.GetBytes(padded),
            0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0, 0x3F,
        ];
        Assert.Equal(expected, stream.ToArray());
    }

    [Fact]
    public void Write_OtherLength_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Safetensors.Write(Stream.Null, Layout, new float[15]));

    [Fact]
    public void Read_OtherLayout_NamesBoth()
    {
        var other = new ModelLayout([("dense.weight", [4, 3]), ("dense.bias", [3]), ("größe \"x\"", [])]);
        var message = Assert.Throws<InvalidDataException>(
            () => Safetensors.ReadParameters(new MemoryReader(Write()), other)).Message;
        Assert.Contains(other.Hash, message, StringComparison.Ordinal);
        Assert.Contains(Layout.Hash, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TruncatedAtEveryByteOrWithOneMore_IsRefused()
    {
        var file = Write();
        for (var length = 0; length < file.Length; length++)
            Assert.Throws<InvalidDataException>(() => SafetensorsHeader.Read(new MemoryReader(file.AsMemory(0, length))));
        Assert.Throws<InvalidDataException>(() => SafetensorsHeader.Read(new MemoryReader((byte[])[.. file, 0])));
    }

    private static byte[] Write()
    {
        using var stream = new MemoryStream();
        Safetensors.Write(stream, Layout, Parameters);
        return stream.ToArray();
    }

    private static IEnumerable<int> Bits(float[] values) => values.Select(BitConverter.SingleToInt32Bits);
}

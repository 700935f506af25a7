using System.Buffers.Binary;
using System.Text;
using Fed.Core.IO;
using Fed.Core.Models;

namespace Fed.Tests.Core.Models;

public sealed class SafetensorsHeaderTests
{
    private const string One = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";

    [Fact]
    public void Read_FileOfAnotherTool_TakesTheOrderOfTheOffsets()
    {
        // Written by hand: names in another order than the data, no metadata, no padding.
        var header = SafetensorsHeader.Read(File(
            """{"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"a":{"shape":[2],"data_offsets":[0,8],"dtype":"F32"}}""",
            12));
        Assert.Equal("a[2]\nb[1]", header.Layout.ToString());
    }

    [Fact]
    public void Encode_ManyShapes_AreAlignedAndReadBack()
    {
        for (var tensors = 1; tensors < 30; tensors++)
        {
            var layout = new ModelLayout(Enumerable.Range(0, tensors)
                .Select(i => ($"layer{i}", (IReadOnlyList<int>)Enumerable.Range(1, i % 4).ToArray())));
            var head = SafetensorsHeader.Encode(layout);
            Assert.Equal(0, head.Length % 8);
            var read = SafetensorsHeader.Read(new MemoryReader((byte[])[.. head, .. new byte[4 * layout.ParameterCount]]));
            Assert.Equal((layout.Hash, head.Length), (read.Layout.Hash, read.DataOffset));
        }
    }

    [Theory]
    [InlineData("{}", 0)]
    [InlineData("[]", 0)]
    [InlineData("12", 0)]
    [InlineData("""{"a":1}""", 8)]
    [InlineData("""{"a":{}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""", 0)]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[99999999999],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":32,"shape":[2],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,16]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,-8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 16)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", 8)]
    public void Read_MalformedHeader_IsRefused(string json, int dataBytes) =>
        Assert.Throws<InvalidDataException>(() => SafetensorsHeader.Read(File(json, dataBytes)));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(SafetensorsHeader.MaxBytes + 1)]
    [InlineData(200)]
    public void Read_HeaderLengthOutOfRange_IsRefusedBeforeItIsRead(long length)
    {
        var file = new byte[100];
        BinaryPrimitives.WriteInt64LittleEndian(file, length);
        Assert.Contains(
            $"a safetensors header of {length} bytes is out of range",
            Assert.Throws<InvalidDataException>(() => SafetensorsHeader.Read(new MemoryReader(file))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SizeThatWrapsAround_IsRefused()
    {
        // The product of the shape is 2^62 + 1, so its bytes are 2^64 + 4: 4, where a multiplication wraps.
        const string Huge = """{"a":{"dtype":"F32","shape":[5,5581,8681,49477,384773],"data_offsets":[0,4]}}""";
        Assert.Throws<InvalidDataException>(() => SafetensorsHeader.Read(File(Huge, 4)));
    }

    [Fact]
    public void Read_EverySingleFlippedBitOfTheHeader_IsRefusedOrAValidLayout()
    {
        byte[] file = [.. Prefix(One.Length), .. Encoding.ASCII.GetBytes(One), .. new byte[8]];
        for (var bit = 0; bit < 8 * (file.Length - 8); bit++)
        {
            file[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                // Some flips are another valid file: a tensor of another name, or an unknown property more.
                Assert.Equal(2, SafetensorsHeader.Read(new MemoryReader(file)).Layout.ParameterCount);
            }
            catch (InvalidDataException)
            {
            }

            file[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    private static MemoryReader File(string json, int dataBytes)
    {
        var text = Encoding.UTF8.GetBytes(json);
        return new MemoryReader((byte[])[.. Prefix(text.Length), .. text, .. new byte[dataBytes]]);
    }

    private static byte[] Prefix(long length) => BitConverter.GetBytes(length);
}

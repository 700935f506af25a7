using Fed.MediaQc.Files;

namespace Fed.Tests.MediaQc;

public sealed class FqcFileTests : IDisposable
{
    private readonly Scratch scratch = new();
    private readonly string path;

    public FqcFileTests()
    {
        path = scratch.File("set.fqc");
        FqcFile.Write(path, SamplePatches.Random(9, seed: 1));
    }

    [Fact]
    public void Read_WrittenSet_ReturnsEveryFieldUnchanged()
    {
        var expected = SamplePatches.Random(9, seed: 1);

        var actual = FqcFile.Read(path);

        Assert.Equal(expected.Pixels, actual.Pixels);
        Assert.Equal(expected.Labels, actual.Labels);
        Assert.Equal(expected.Severities, actual.Severities);
        Assert.Equal(expected.SourceIndices, actual.SourceIndices);
        Assert.Equal(expected.Sources, actual.Sources);
        Assert.Equal(expected.Classes, actual.Classes);
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.Equal((expected.Task, expected.Features), (actual.Task, actual.Features));
    }

    [Fact]
    public void Write_EmptySet_CanBeRead()
    {
        FqcFile.Write(path, SamplePatches.Random(0, seed: 1));

        Assert.Equal(0, FqcFile.Read(path).Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(40)]
    [InlineData(-1)]
    [InlineData(-33)]
    public void Read_TruncatedFile_IsRefusedByName(int length)
    {
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(length < 0 ? bytes.Length + length : length)]);

        var error = Assert.Throws<DataFileException>(() => FqcFile.Read(path));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Equal(path, error.FilePath);
        if (length is not (0 or 7))
            Assert.Contains("truncated", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AnyFlippedBit_IsRefused()
    {
        var bytes = File.ReadAllBytes(path);
        var places = Enumerable.Range(0, 400).Concat(Enumerable.Range(0, bytes.Length / 97).Select(i => i * 97));
        foreach (var at in places.Append(bytes.Length - 1).Where(at => at < bytes.Length))
        {
            bytes[at] ^= 0x10;
            File.WriteAllBytes(path, bytes);
            Assert.Throws<DataFileException>(() => FqcFile.Read(path));
            bytes[at] ^= 0x10;
        }
    }

    [Fact]
    public void Read_TrailingBytes_IsRefused()
    {
        File.AppendAllText(path, "x");

        var error = Assert.Throws<DataFileException>(() => FqcFile.Read(path));

        Assert.Contains("1 bytes follow", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingFile_IsRefusedByName()
    {
        var missing = scratch.File("absent.fqc");

        var error = Assert.Throws<DataFileException>(() => FqcFile.Read(missing));

        Assert.Contains(missing, error.Message, StringComparison.Ordinal);
        Assert.Contains("missing", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_LaterVersion_SaysWhichVersionItReads()
    {
        var bytes = File.ReadAllBytes(path);
        bytes[3] = 9;
        File.WriteAllBytes(path, bytes);

        var error = Assert.Throws<DataFileException>(() => FqcFile.Read(path));

        Assert.Contains("version 9", error.Reason, StringComparison.Ordinal);
    }

    public void Dispose() => scratch.Dispose();
}

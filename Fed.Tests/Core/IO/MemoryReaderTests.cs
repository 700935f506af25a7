using Fed.Core.IO;

namespace Fed.Tests.Core.IO;

public sealed class MemoryReaderTests
{
    private static readonly MemoryReader Reader = new(new byte[] { 1, 2, 3, 4 });

    [Fact]
    public void Read_Inside_FillsTheBuffer()
    {
        var buffer = new byte[2];
        Reader.Read(2, buffer);
        Assert.Equal([3, 4], buffer);
        Reader.Read(4, []);
        Assert.Equal(4, Reader.Length);
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(-1, 1)]
    [InlineData(4, 1)]
    [InlineData(long.MaxValue, 1)]
    public void Read_BeyondTheEnd_IsRefused(long offset, int length) =>
        Assert.Throws<EndOfStreamException>(() => Reader.Read(offset, new byte[length]));
}

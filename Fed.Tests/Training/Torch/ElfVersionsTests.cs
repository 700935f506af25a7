using Fed.Training.Torch;

namespace Fed.Tests.Training.Torch;

/// <summary>The mark that lets TorchSharp's library load on an older libstdc++, on that very library.</summary>
public sealed class ElfVersionsTests
{
    private static readonly byte[] Library =
        File.ReadAllBytes(Path.Combine(Libtorch.Load().Folder, LibtorchFolder.Binding));

    [Fact]
    public void MarkWeak_TorchSharpsLibrary_ChangesOneByteFromNoneToWeak()
    {
        var marked = (byte[])Library.Clone();

        Assert.Equal(1, ElfVersions.MarkWeak(marked, StandardLibrary.WantedVersion));

        var changed = Enumerable.Range(0, Library.Length).Where(i => Library[i] != marked[i]).ToArray();
        Assert.Equal((0, 2), (Library[Assert.Single(changed)], marked[changed[0]]));
    }

    [Fact]
    public void MarkWeak_MarkedAlready_ChangesNothing()
    {
        var marked = (byte[])Library.Clone();
        ElfVersions.MarkWeak(marked, StandardLibrary.WantedVersion);
        var again = (byte[])marked.Clone();

        Assert.Equal(1, ElfVersions.MarkWeak(again, StandardLibrary.WantedVersion));

        Assert.Equal(marked, again);
    }

    [Theory]
    [InlineData("GLIBCXX_3.4.99")]
    [InlineData("GLIBCXX_3.4.3")]
    [InlineData("LIBCXX_3.4.32")]
    [InlineData("")]
    public void MarkWeak_VersionThatIsNotNeeded_MarksNothing(string version)
    {
        var copy = (byte[])Library.Clone();

        Assert.Equal(0, ElfVersions.MarkWeak(copy, version));

        Assert.Equal(Library, copy);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(5_000)]
    [InlineData(1_000_000)]
    public void MarkWeak_LibraryCutShort_IsRefused(int length) => Assert.Throws<InvalidDataException>(
        () => ElfVersions.MarkWeak(Library.AsSpan(0, length).ToArray(), StandardLibrary.WantedVersion));

    [Fact]
    public void MarkWeak_NoElfFile_SaysSo()
    {
        var text = new byte[1000];
        text.AsSpan().Fill((byte)'x');

        var error = Assert.Throws<InvalidDataException>(() => ElfVersions.MarkWeak(text, "V"));

        Assert.Contains("not a 64-bit little-endian ELF file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MarkWeak_TablesPointAnywhere_IsRefusedOrMarksNothingElse()
    {
        var random = new Random(5);
        var header = new byte[4096];
        for (var round = 0; round < 20_000; round++)
        {
            random.NextBytes(header);
            // An ELF header with one section of needed versions behind it, whose tables are noise.
            Library.AsSpan(0, 64).CopyTo(header);
            BitConverter.TryWriteBytes(header.AsSpan(40), round % 2 == 0 ? 64L : random.NextInt64());
            BitConverter.TryWriteBytes(header.AsSpan(60), (ushort)1);
            BitConverter.TryWriteBytes(header.AsSpan(68), 0x6ffffffe);
            BitConverter.TryWriteBytes(header.AsSpan(88), (long)random.Next(8192));
            BitConverter.TryWriteBytes(header.AsSpan(104), 0L);
            var before = (byte[])header.Clone();
            try
            {
                Assert.Equal(0, ElfVersions.MarkWeak(header, StandardLibrary.WantedVersion));
            }
            catch (InvalidDataException)
            {
                // The usual end.
            }

            Assert.Equal(before, header);
        }
    }
}

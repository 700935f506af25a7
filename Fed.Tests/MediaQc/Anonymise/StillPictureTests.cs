using Fed.MediaQc.Anonymise;
using Fed.MediaQc.Scan;

namespace Fed.Tests.MediaQc.Anonymise;

public sealed class StillPictureTests : IDisposable
{
    /// <summary>No picture, only what is said of one: one entry, of tag 0x0112.</summary>
    private static readonly byte[] s_turned =
        [(byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0];

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Require_OfATiffThatIsToBeTurned_Refuses() => AssertRefused(Written("a.tif", s_turned), "orientation 6");

    [Fact]
    public void Require_OfATiffInTheOtherByteOrder_Refuses() => AssertRefused(
        Written(
            "a.tif",
            [(byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0]),
        "orientation 8");

    [Fact]
    public void Require_OfATiffOfTwoPages_Refuses()
    {
        byte[] two = [.. s_turned];
        (two[18], two[22]) = (1, 40);

        AssertRefused(Written("a.tif", two), "it has several pages");
    }

    [Fact]
    public void Require_OfAPngWithExifBehindOtherChunks_Refuses() => AssertRefused(
        Written("a.png", [.. Png(), .. Chunk("tEXt", [1, 2, 3]), .. Chunk("eXIf", s_turned)]), "orientation 6");

    [Fact]
    public void Require_OfAnUprightOne_OrOneThatIsCutOff_LetsItPass()
    {
        byte[] upright = [.. s_turned];
        upright[18] = 1;

        StillPicture.RequireUprightAndSingle(Written("a.tif", upright));
        StillPicture.RequireUprightAndSingle(Written("a.png", [.. Png(), .. Chunk("IDAT", [1])]));
        StillPicture.RequireUprightAndSingle(Written("b.tif", s_turned[..12]));
        StillPicture.RequireUprightAndSingle(Written("c.jpg", [0xFF, 0xD8, 0xFF]));
    }

    private static void AssertRefused(string file, string expected) => Assert.Contains(
        expected,
        Assert.Throws<ScanException>(() => StillPicture.RequireUprightAndSingle(file)).Message,
        StringComparison.Ordinal);

    private static byte[] Png() => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    private static byte[] Chunk(string name, byte[] data) =>
        [0, 0, 0, (byte)data.Length, .. System.Text.Encoding.ASCII.GetBytes(name), .. data, 0, 0, 0, 0];

    private string Written(string name, byte[] bytes)
    {
        File.WriteAllBytes(_scratch.File(name), bytes);
        return _scratch.File(name);
    }
}

using System.Buffers.Binary;
using System.IO.Compression;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;

namespace Fed.Tests.MediaQc;

public sealed class FashionTests : IDisposable
{
    private readonly Scratch scratch = new();

    [Fact]
    public void ShardSplit_OfTheFullSize_GivesHundredParticipantsTwoShardsOfThreeHundred()
    {
        var labels = Enumerable.Range(0, 60000).Select(i => (byte)(i * 7 % 10)).ToArray();

        var split = ShardSplit.Create(labels, 100, 2, seed: 5);

        Assert.Equal(100, split.Length);
        Assert.All(split, part => Assert.Equal(600, part.Length));
        Assert.Equal(Enumerable.Range(0, 60000), split.SelectMany(part => part).Order());
        Assert.All(split, part => Assert.InRange(part.Select(i => labels[i]).Distinct().Count(), 1, 2));
    }

    [Fact]
    public void ShardSplit_SameSeed_GivesTheSameSplit_AnotherSeedAnother()
    {
        var labels = Enumerable.Range(0, 400).Select(i => (byte)(i % 10)).ToArray();

        var first = ShardSplit.Create(labels, 10, 2, seed: 1);

        Assert.Equal(first, ShardSplit.Create(labels, 10, 2, seed: 1));
        Assert.NotEqual(first, ShardSplit.Create(labels, 10, 2, seed: 2));
    }

    [Fact]
    public void ShardSplit_UnequalShards_AreRefused()
    {
        var error = Assert.Throws<ArgumentException>(() => ShardSplit.Create(new byte[401], 10, 2, seed: 1));

        Assert.Contains("20 equal shards", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_SyntheticIdx_MakesAFolderThatOpens()
    {
        WriteSource(400, 50);
        var output = scratch.File("out");

        FashionBuilder.Build(scratch.Directory, output, participants: 10, shardsEach: 2, seed: 1);

        var folder = DataFolder.Open(output);
        var own = ParticipantFolder.Open(folder.Participants[3].Directory);
        Assert.Equal(10, folder.Participants.Count);
        Assert.Equal(40, own.Train.Count + own.Validation.Count);
        Assert.Equal(50, folder.Clusters.Sum(key => folder.Test(key).Count));
        Assert.All(own.Train.Inputs, value => Assert.InRange(value, 0f, 1f));
    }

    [Fact]
    public void Build_TruncatedSource_IsRefusedByName()
    {
        WriteSource(400, 50);
        var path = scratch.File("train-images-idx3-ubyte");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..5000]);

        var error = Assert.Throws<DataFileException>(
            () => FashionBuilder.Build(scratch.Directory, scratch.File("out"), 10, 2, 1));

        Assert.Equal(path, error.FilePath);
    }

    [Fact]
    public void Build_MissingSource_SaysWhatToInstall()
    {
        var error = Assert.Throws<DataFileException>(
            () => FashionBuilder.Build(scratch.Directory, scratch.File("out"), 10, 2, 1));

        Assert.Contains("dataset-fashion-mnist", error.Reason, StringComparison.Ordinal);
    }

    public void Dispose() => scratch.Dispose();

    private void WriteSource(int train, int test)
    {
        var random = new Random(8);
        foreach (var (part, count) in new[] { ("train", train), ("t10k", test) })
        {
            var pixels = new byte[count * 784];
            random.NextBytes(pixels);
            WriteIdx($"{part}-images-idx3-ubyte", [count, 28, 28], pixels);
            WriteIdx($"{part}-labels-idx1-ubyte", [count], [.. Enumerable.Range(0, count).Select(i => (byte)(i % 10))]);
        }

        // One file gzipped, as Debian's package has them all.
        var plain = scratch.File("t10k-images-idx3-ubyte");
        using (var zip = new GZipStream(File.Create(plain + ".gz"), CompressionLevel.Fastest))
            zip.Write(File.ReadAllBytes(plain));
        File.Delete(plain);
    }

    private void WriteIdx(string name, int[] sides, byte[] values)
    {
        var header = new byte[4 + 4 * sides.Length];
        header[2] = 8;
        header[3] = (byte)sides.Length;
        for (var i = 0; i < sides.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + 4 * i), sides[i]);
        File.WriteAllBytes(scratch.File(name), [.. header, .. values]);
    }
}

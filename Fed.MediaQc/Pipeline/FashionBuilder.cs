using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Fed.MediaQc.Features;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;

namespace Fed.MediaQc.Pipeline;

/// <summary>
/// Writes Fashion-MNIST (Xiao, Rasul, Vollgraf 2017) as a data folder: 100 participants with two shards of 300 examples
/// (<see cref="ShardSplit"/>), in five clusters by number, for comparison with the literature.
/// </summary>
public static class FashionBuilder
{
    private const int Clusters = 5;
    private const int ValidationShare = 10;

    private static readonly string[] Classes =
        ["t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle-boot"];

    /// <param name="source">Folder with the four idx files, gzipped or not.</param>
    /// <param name="output">Data folder to write.</param>
    /// <param name="participants">Number of participants; a multiple of 5.</param>
    /// <param name="shardsEach">Shards a participant.</param>
    /// <param name="seed">Of the split.</param>
    /// <param name="replace">Take the place of another data folder, too.</param>
    /// <exception cref="DataFileException">A source file is missing or damaged, or the folder holds
    /// other data.</exception>
    /// <exception cref="ArgumentException">The examples cannot be cut into equal shards.</exception>
    public static void Build(
        string source, string output, int participants, int shardsEach, int seed, bool replace = false)
    {
        if (participants < Clusters || participants % Clusters != 0)
            throw new ArgumentException($"participants must be a multiple of {Clusters}, not {participants}");
        var train = ReadSet(source, "train");
        var test = ReadSet(source, "t10k");
        var parts = ShardSplit.Create(train.Labels, participants, shardsEach, seed);
        var clusters = Enumerable.Range(0, Clusters).Select(i => $"group-{i + 1}").ToArray();
        var houses = Enumerable.Range(0, parts.Length).Select(i => new ParticipantDescription(
            "house-" + (i + 1).ToString("d3", CultureInfo.InvariantCulture), clusters[i % Clusters])).ToArray();
        var task = new TaskDescription(
            "fashion-mnist", Classes, [1, 28, 28], [1, 28, 28], ScaledFeatures.Name, clusters, houses,
            new RecommendedTraining(0.05, 0.9, 10, 1, 50, 0, 0));
        using var staged = StagedFolder.Open(output, task, replace);
        for (var i = 0; i < parts.Length; i++)
        {
            var folder = Path.Combine(staged.Directory, "participants", houses[i].Name);
            new Random(seed + i).Shuffle(parts[i]);
            var held = parts[i].Length / ValidationShare;
            Write(Path.Combine(folder, "train.fqc"), Select(train, parts[i][held..]));
            Write(Path.Combine(folder, "validation.fqc"), Select(train, parts[i][..held]));
        }

        // Every cluster is measured on an equal share of the held-out examples; together they are all of them.
        for (var c = 0; c < Clusters; c++)
        {
            int[] own = [.. Enumerable.Range(0, test.Count).Where(i => i % Clusters == c)];
            Write(Path.Combine(staged.Directory, "test", clusters[c] + ".fqc"), Select(test, own));
        }

        DataFolderWriter.Write(staged.Directory, task, FashionModel.Json(Classes.Length), provenance: null);
        staged.Publish();
    }

    /// <summary>Made on the machine that uses it, so that writing quickly counts for more than a small file.</summary>
    private static void Write(string path, PatchSet set) => FqcFile.Write(path, set, CompressionLevel.Optimal);

    private static PatchSet ReadSet(string folder, string part)
    {
        string Existing(string name) =>
            new[] { name + ".gz", name }.Select(file => Path.Combine(folder, file)).FirstOrDefault(File.Exists)
            ?? Path.Combine(folder, name + ".gz");

        var imagePath = Existing($"{part}-images-idx3-ubyte");
        var labelPath = Existing($"{part}-labels-idx1-ubyte");
        var images = IdxFile.Read(imagePath);
        var labels = IdxFile.Read(labelPath);
        if (images.Sides is not [_, 28, 28])
            throw new DataFileException(imagePath, $"needs images of 28x28, not [{string.Join(',', images.Sides)}]");
        if (labels.Sides.Length != 1 || labels.Sides[0] != images.Sides[0] || labels.Values.Any(value => value > 9))
            throw new DataFileException(labelPath, $"needs {images.Sides[0]} labels from 0 to 9");
        return new PatchSet(
            "fashion-mnist", ScaledFeatures.Name, [1, 28, 28], Classes, [part], labels.Values,
            new byte[labels.Values.Length], new ushort[labels.Values.Length], images.Values);
    }

    private static PatchSet Select(PatchSet set, int[] indices)
    {
        var pixels = new byte[indices.Length * set.PatchLength];
        for (var i = 0; i < indices.Length; i++)
            set.Patch(indices[i]).CopyTo(pixels.AsSpan(i * set.PatchLength));
        return set with
        {
            Labels = Array.ConvertAll(indices, i => set.Labels[i]),
            Severities = new byte[indices.Length],
            SourceIndices = new ushort[indices.Length],
            Pixels = pixels,
        };
    }
}

/// <summary>A small CNN for 28x28 inputs: two strided convolutions and a dense layer.</summary>
internal static class FashionModel
{
    public static string Json(int classes)
    {
        object[] layers =
        [
            new { type = "conv2d", filters = 16, kernel = 5, stride = 2, padding = 2 },
            new { type = "relu" },
            new { type = "conv2d", filters = 32, kernel = 3, stride = 2, padding = 1 },
            new { type = "relu" },
            new { type = "dense", units = 64 },
            new { type = "relu" },
            new { type = "dense", units = classes },
        ];
        var model = new { name = "fashion-cnn", input = new[] { 1, 28, 28 }, layers, loss = "softmaxCrossEntropy" };
        return JsonSerializer.Serialize(model, TaskDescription.Json);
    }
}

/// <summary>
/// The non-IID split of McMahan et al. 2017, section 3: sort by label, cut into equal shards, give each participant the
/// same number of shards at random, so that most see two classes only.
/// </summary>
public static class ShardSplit
{
    /// <param name="labels">Label of each example; their number must be a multiple of participants x shards.</param>
    /// <param name="participants">At least 1; 100 in the paper.</param>
    /// <param name="shardsEach">At least 1; 2 in the paper, of 300 examples.</param>
    /// <param name="seed">Of the shards' permutation.</param>
    /// <returns>For each participant the indices of its examples.</returns>
    /// <exception cref="ArgumentException">The examples cannot be cut into equal shards.</exception>
    public static int[][] Create(ReadOnlySpan<byte> labels, int participants, int shardsEach, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(participants, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(shardsEach, 1);
        var shards = participants * shardsEach;
        if (labels.Length == 0 || labels.Length % shards != 0)
            throw new ArgumentException($"{labels.Length} examples cannot be cut into {shards} equal shards");
        var keys = labels.ToArray();
        int[] sorted = [.. Enumerable.Range(0, labels.Length).OrderBy(i => keys[i])];
        var order = Enumerable.Range(0, shards).ToArray();
        new Random(seed).Shuffle(order);
        var size = labels.Length / shards;
        return
        [
            .. order.Chunk(shardsEach).Select(own =>
                own.SelectMany(shard => sorted.Skip(shard * size).Take(size)).ToArray()),
        ];
    }
}

/// <summary>
/// The idx format of the MNIST family: <c>0 0 type(0x08 = bytes) dimensions</c>, the sides as big-endian int32, the
/// values. A name that ends in .gz is unpacked.
/// </summary>
/// <param name="Sides">Sides; the first is the number of items.</param>
/// <param name="Values">Row-major values.</param>
public sealed record IdxFile(int[] Sides, byte[] Values)
{
    /// <exception cref="DataFileException">The file is missing, truncated, or not an idx file of bytes.</exception>
    public static IdxFile Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            using Stream stream = path.EndsWith(".gz", StringComparison.Ordinal)
                ? new GZipStream(file, CompressionMode.Decompress)
                : file;
            return Parse(path, stream);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(
                path, "missing; install Debian's dataset-fashion-mnist or give --source", error);
        }
        catch (Exception error) when (error is EndOfStreamException or InvalidDataException)
        {
            throw new DataFileException(path, "truncated or damaged; install its package again", error);
        }
    }

    private static IdxFile Parse(string path, Stream stream)
    {
        var magic = new byte[4];
        stream.ReadExactly(magic);
        if (magic[0] != 0 || magic[1] != 0 || magic[2] != 8 || magic[3] is < 1 or > 3)
            throw new DataFileException(path, "not an idx file of bytes with 1 to 3 dimensions");
        var sides = new int[magic[3]];
        var number = new byte[4];
        long length = 1;
        for (var i = 0; i < sides.Length; i++)
        {
            stream.ReadExactly(number);
            sides[i] = BinaryPrimitives.ReadInt32BigEndian(number);
            length *= sides[i];
            if (sides[i] < 0 || length > 1 << 30)
                throw new DataFileException(path, $"side {i} is {sides[i]}; the file would hold more than 1 GiB");
        }

        var values = new byte[length];
        stream.ReadExactly(values);
        return stream.ReadByte() < 0
            ? new IdxFile(sides, values)
            : throw new DataFileException(path, "bytes follow the last value");
    }
}

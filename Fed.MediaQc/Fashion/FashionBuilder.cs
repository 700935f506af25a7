using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Fed.MediaQc.Features;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;

namespace Fed.MediaQc.Fashion;

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
    /// <exception cref="DataFileException">A source file is missing or damaged, or the folder holds other
    /// data.</exception>
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

        File.WriteAllText(
            Path.Combine(staged.Directory, "task.json"), JsonSerializer.Serialize(task, TaskDescription.Json) + "\n");
        File.WriteAllText(Path.Combine(staged.Directory, "model.json"), FashionModel.Json(Classes.Length) + "\n");
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

using System.Text.Json;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;

namespace Fed.Tests.MediaQc;

public sealed class ShippedDataTests
{
    private static readonly string Directory = Path.Combine(Repository.Root, "data", "media-qc");
    private readonly DataFolder folder = DataFolder.Open(Directory);

    [Fact]
    public void Participants_FirstTwelve_CoverFiveClusters()
    {
        var counts = folder.Participants.Take(12).GroupBy(one => one.Cluster).ToDictionary(g => g.Key, g => g.Count());

        Assert.Equal(["mpeg2", "h264", "hevc", "vp9", "av1"], folder.Clusters);
        Assert.Equal(15, folder.Participants.Count);
        Assert.Equal([3, 3, 2, 2, 2], folder.Clusters.Select(key => counts[key]));
        Assert.All(folder.Clusters, key => Assert.Equal(3, folder.Participants.Count(one => one.Cluster == key)));
    }

    [Fact]
    public void Federation_OfTheShippedData_StatesTheTasksClassesAndFeatures()
    {
        using var federation = JsonDocument.Parse(File.ReadAllText(Path.Combine(Directory, "federation.json")));

        var classes = federation.RootElement.GetProperty("classes").EnumerateArray().Select(name => name.GetString());
        Assert.Equal(folder.Task.Classes, classes);
        Assert.Equal(folder.Task.Features, federation.RootElement.GetProperty("features").GetString());
    }

    [Fact]
    public void Test_EveryCluster_HoldsMostClasses_AndEveryClassIsInTwoClusters()
    {
        var classes = Enumerable.Range(0, QcClasses.Names.Count).ToList();
        var counts = folder.Clusters.Select(folder.Test)
            .Select(test => classes.ConvertAll(label => test.Labels.Count(one => one == label))).ToList();

        // Some encoders never make bands, or blur without blocks, all over a region.
        Assert.All(counts, count => Assert.True(count.Count(some => some >= 20) >= 7, string.Join(',', count)));
        Assert.All(classes, label => Assert.True(counts.Count(count => count[label] >= 20) >= 2));
    }

    [Fact]
    public void Train_AllParticipantsTogether_HoldEveryClass_AndNoTwoHaveTheSameMix()
    {
        var mixes = folder.Participants
            .Select(one => FqcFile.Read(Path.Combine(one.Directory, "train.fqc")).CountByClass())
            .ToList();

        Assert.All(Enumerable.Range(0, QcClasses.Names.Count), label => Assert.True(mixes.Sum(mix => mix[label]) >= 100));
        Assert.Equal(mixes.Count, mixes.Select(mix => string.Join(',', mix)).Distinct().Count());
    }

    [Fact]
    public void Sources_OfTestAndOfEachHouse_AreDisjoint()
    {
        var parts = folder.Participants
            .Select(one => new[] { "train.fqc", "validation.fqc" }
                .SelectMany(file => FqcFile.Read(Path.Combine(one.Directory, file)).Sources).ToHashSet())
            .Append(folder.Clusters.SelectMany(key => FqcFile.Read(Path.Combine(Directory, "test", key + ".fqc")).Sources)
                .ToHashSet())
            .ToList();

        Assert.Equal(parts.Sum(part => part.Count), parts.SelectMany(part => part).Distinct().Count());
    }

    [Fact]
    public void Provenance_EverySourceOfEveryFile_HasALicenceAndItsPart()
    {
        using var index = JsonDocument.Parse(File.ReadAllText(Path.Combine(Directory, "provenance.json")));
        var parts = index.RootElement.GetProperty("sources").EnumerateArray()
            .ToDictionary(one => one.GetProperty("id").GetString()!, one => one);
        foreach (var file in index.RootElement.GetProperty("files").EnumerateArray())
        {
            var name = file.GetProperty("file").GetString()!;
            var expected = name.StartsWith("test/", StringComparison.Ordinal) ? "test" : name.Split('/')[1];
            var set = FqcFile.Read(Path.Combine(Directory, name));
            Assert.All(set.Sources, id =>
            {
                Assert.Equal(expected, parts[id].GetProperty("part").GetString());
                Assert.NotEmpty(parts[id].GetProperty("licence").GetString()!);
                Assert.NotEmpty(parts[id].GetProperty("author").GetString()!);
            });
        }
    }

    [Fact]
    public void Severities_AreZeroForCleanOnly()
    {
        foreach (var path in System.IO.Directory.GetFiles(Directory, "*.fqc", SearchOption.AllDirectories))
        {
            var set = FqcFile.Read(path);
            for (var i = 0; i < set.Count; i++)
                Assert.Equal(set.Labels[i] == 0, set.Severities[i] == 0);
        }
    }

    [Fact]
    public void ModelJson_Input_IsTheTasksShape()
    {
        using var model = JsonDocument.Parse(folder.ModelJson);

        var input = model.RootElement.GetProperty("input").EnumerateArray().Select(side => side.GetInt32());

        Assert.Equal(folder.Task.Shape, input);
    }

    [Fact]
    public void Size_OfAllFiles_LeavesRoomForTheOtherTasks()
    {
        var bytes = new DirectoryInfo(Directory).GetFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

        Assert.InRange(bytes, 1, 5_300_000);
    }

    [Fact]
    public void Test_UnknownCluster_NamesTheKnownOnes()
    {
        var error = Assert.Throws<ArgumentException>(() => folder.Test("vvc"));

        Assert.Contains("mpeg2", error.Message, StringComparison.Ordinal);
    }
}

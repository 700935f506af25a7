using System.Text.Json;
using Fed.MediaQc.Audio;
using Fed.MediaQc.Features;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;

namespace Fed.Tests.MediaQc.Audio;

public sealed class ShippedAudioTests
{
    private static readonly string s_directory = Path.Combine(Repository.Root, "data", "audio-qc");
    private readonly DataFolder _folder = DataFolder.Open(s_directory);

    [Fact]
    public void Participants_FirstFive_CoverFiveLanguages_WithThreeHousesEach()
    {
        Assert.Equal(["en", "fr", "es", "it", "ru"], _folder.Clusters);
        Assert.Equal(_folder.Clusters, _folder.Participants.Take(5).Select(one => one.Cluster));
        Assert.All(_folder.Participants.CountBy(one => one.Cluster), pair => Assert.Equal(3, pair.Value));
    }

    [Fact]
    public void Federation_StatesTheTasksClassesFeaturesAndHouses()
    {
        using var federation = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_directory, "federation.json")));

        string[] Texts(string name, Func<JsonElement, JsonElement> of) =>
            [.. federation.RootElement.GetProperty(name).EnumerateArray().Select(one => of(one).GetString()!)];

        Assert.Equal(_folder.Task.Classes, Texts("classes", name => name));
        Assert.Equal(_folder.Participants.Select(one => one.Name), Texts("roster", one => one.GetProperty("name")));
        Assert.Equal("audio-v1", federation.RootElement.GetProperty("features").GetString());
    }

    [Fact]
    public void Files_AreOfThisTask_AndHoldWhatThePlanSays()
    {
        var plan = AudioPlan.Default();
        var sets = _folder.ReadAll().ToDictionary(one => one.File.Replace('\\', '/'), one => one.Patches);

        foreach (var house in plan.Houses)
        {
            var counts = sets[$"participants/{house.Name}/train.fqc"].CountByClass();
            var wanted = AudioClasses.Names.Select(name => house.Train.GetValueOrDefault(name)).ToArray();
            Assert.All(counts.Zip(wanted), pair => Assert.InRange(pair.First, 0.8 * pair.Second, pair.Second));
        }

        Assert.All(_folder.Clusters, key => Assert.All(
            sets[$"test/{key}.fqc"].CountByClass(), count => Assert.Equal(plan.Test.PerClass, count)));
    }

    [Fact]
    public void Houses_HaveMixesOfTheirOwn_AndNoneHasEveryClass()
    {
        var mixes = _folder.Participants
            .Select(one => FqcFile.Read(Path.Combine(one.Directory, "train.fqc")).CountByClass())
            .ToList();

        Assert.Equal(mixes.Count, mixes.Select(mix => string.Join(',', mix)).Distinct().Count());
        Assert.All(mixes, mix => Assert.Contains(0, mix));
        Assert.All(Enumerable.Range(0, 7), label => Assert.True(mixes.Sum(mix => mix[label]) >= 250));
    }

    [Fact]
    public void Sources_OfEachPart_AreItsOwn_AndHaveALicence()
    {
        using var index = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_directory, "provenance.json")));
        var sources = index.RootElement.GetProperty("sources").EnumerateArray()
            .ToDictionary(one => one.GetProperty("id").GetString()!, one => one);

        foreach (var (file, set) in _folder.ReadAll())
        {
            var words = file.Replace('\\', '/').Split('/');
            Assert.All(set.Sources, id =>
            {
                Assert.Equal(words[0] == "test" ? "test" : words[1], sources[id].GetProperty("part").GetString());
                Assert.Contains("CC-BY", sources[id].GetProperty("licence").GetString(), StringComparison.Ordinal);
            });
        }

        // The held-out speaker.
        Assert.All(
            sources.Where(pair => pair.Key.StartsWith("it-menardi/", StringComparison.Ordinal)),
            pair => Assert.Equal("test", pair.Value.GetProperty("part").GetString()));
    }

    [Fact]
    public void FixedThresholds_OnHeldOutSound_AreBetterThanChance_AndWorseThanTheModelIsSaidToBe()
    {
        var validation = _folder.Participants
            .Select(one => FqcFile.Read(Path.Combine(one.Directory, "validation.fqc"))).ToList();

        var baseline = AudioBaseline.Fit(validation);

        var accuracies = _folder.Clusters
            .Select(key => baseline.Accuracy(FqcFile.Read(Path.Combine(s_directory, "test", key + ".fqc"))))
            .ToList();
        Assert.InRange(accuracies.Average(), 0.3, 0.75);
    }

    [Fact]
    public void Size_OfAllFiles_IsAtMostFourMegabytes()
    {
        var bytes = new DirectoryInfo(s_directory).GetFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

        Assert.InRange(bytes, 1, 4_000_000);
    }
}

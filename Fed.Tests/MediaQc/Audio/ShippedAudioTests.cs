using Fed.MediaQc.Audio;
using Fed.MediaQc.Features;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;

namespace Fed.Tests.MediaQc.Audio;

public sealed class ShippedAudioTests
{
    private readonly DataFolder _folder = ShippedTask.Of(TaskNames.Audio).Folder;

    [Fact]
    public void Participants_FirstFive_CoverFiveLanguages() =>
        Assert.Equal(_folder.Clusters, _folder.Participants.Take(5).Select(one => one.Cluster));

    [Fact]
    public void Files_HoldWhatThePlanSays()
    {
        var plan = AudioPlan.Default();
        var sets = _folder.ReadAll();

        foreach (var (house, (file, train)) in plan.Houses.Zip(sets.Where(IsTrain)))
        {
            Assert.Equal(house.Name, ShippedTask.PartOf(file));
            var wanted = AudioClasses.Names.Select(name => house.Train.GetValueOrDefault(name));
            Assert.All(train.CountByClass().Zip(wanted), pair =>
                Assert.InRange(pair.First, 0.8 * pair.Second, pair.Second));
        }

        Assert.All(sets.Where(BuiltFolder.IsTest), one => Assert.All(one.Patches.CountByClass(), count =>
            Assert.Equal(plan.Test.PerClass, count)));
    }

    [Fact]
    public void Houses_HaveMixesOfTheirOwn_AndNoneHasEveryClass()
    {
        var mixes = _folder.ReadAll().Where(IsTrain).Select(one => one.Patches.CountByClass()).ToList();

        Assert.Equal(mixes.Count, mixes.Select(mix => string.Join(',', mix)).Distinct().Count());
        Assert.All(mixes, mix => Assert.Contains(0, mix));
        Assert.All(Enumerable.Range(0, 7), label => Assert.True(mixes.Sum(mix => mix[label]) >= 250));
    }

    [Fact]
    public void Sources_OfTheHeldOutSpeaker_AreInTheTestOnly()
    {
        var files = _folder.ReadAll()
            .Where(one => one.Patches.Sources.Any(id => id.StartsWith("it-menardi/", StringComparison.Ordinal)))
            .Select(one => one.File);

        Assert.Equal([Path.Combine("test", "it.fqc")], files);
    }

    [Fact]
    public void FixedThresholds_OnHeldOutSound_AreBetterThanChance_AndWorseThanTheModelIsSaidToBe()
    {
        var baseline = AudioBaseline.Fit([.. _folder.ReadAll()
            .Where(one => one.File.EndsWith("validation.fqc", StringComparison.Ordinal)).Select(one => one.Patches)]);

        Assert.InRange(_folder.Clusters.Average(key => baseline.Accuracy(_folder.TestSamples(key))), 0.3, 0.75);
    }

    private static bool IsTrain((string File, PatchSet) one) =>
        one.File.EndsWith("train.fqc", StringComparison.Ordinal);
}

using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;

namespace Fed.Tests.MediaQc;

public sealed class ShippedVideoTests
{
    private readonly DataFolder _folder = ShippedTask.Of(TaskNames.Video).Folder;

    [Fact]
    public void Participants_FirstTwelve_CoverFiveClusters()
    {
        var counts = _folder.Participants.Take(12).CountBy(one => one.Cluster).Select(pair => (pair.Key, pair.Value));

        Assert.Equal([("mpeg2", 3), ("h264", 3), ("hevc", 2), ("vp9", 2), ("av1", 2)], counts);
    }

    [Fact]
    public void Test_EveryCluster_HoldsMostClasses_AndEveryClassIsInTwoClusters()
    {
        var counts = _folder.Clusters.Select(cluster => _folder.TestSamples(cluster).CountByClass()).ToList();

        // Some encoders never make bands, or blur without blocks, all over a region.
        Assert.All(counts, count => Assert.True(count.Count(some => some >= 15) >= 7, string.Join(',', count)));
        Assert.All(
            Enumerable.Range(0, QcClasses.Names.Count),
            label => Assert.True(counts.Count(count => count[label] >= 15) >= 2));
    }

    [Fact]
    public void Train_AllParticipantsTogether_HoldEveryClass_AndNoTwoHaveTheSameMix()
    {
        var mixes = _folder.ReadAll().Where(one => one.File.EndsWith("train.fqc", StringComparison.Ordinal))
            .Select(one => one.Patches.CountByClass()).ToList();

        Assert.All(
            Enumerable.Range(0, QcClasses.Names.Count),
            label => Assert.True(mixes.Sum(mix => mix[label]) >= 100));
        Assert.Equal(mixes.Count, mixes.Select(mix => string.Join(',', mix)).Distinct().Count());
    }

    [Fact]
    public void Severities_AreZeroForCleanOnly() => Assert.All(_folder.ReadAll(), one =>
        Assert.Equal(one.Patches.Labels.Select(label => label == 0), one.Patches.Severities.Select(some => some == 0)));

    [Fact]
    public void Test_UnknownCluster_NamesTheKnownOnes()
    {
        var error = Assert.Throws<ArgumentException>(() => _folder.Test("vvc"));

        Assert.Contains("mpeg2", error.Message, StringComparison.Ordinal);
    }
}

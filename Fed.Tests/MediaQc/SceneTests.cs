using Fed.MediaQc.Pipeline;

namespace Fed.Tests.MediaQc;

public sealed class SceneTests
{
    private const int Width = 128, Height = 96, Frames = 26;

    [Fact]
    public void Subject_OfAFlatPicture_HasOneLevel_ASoftEdge_AndLeavesTheRestAlone()
    {
        var covered = Cover(seed: 3, time: 13);

        var levels = covered.CountBy(level => level).OrderByDescending(pair => pair.Value).Take(2).ToList();
        Assert.Equal(2, levels.Count);
        Assert.Contains(levels, level => level.Key == 0);
        var subject = levels.First(level => level.Key != 0);
        Assert.True(subject.Value > 50);
        // What is between them is at the edge alone.
        Assert.All(covered.Where(level => level != 0), level => Assert.InRange(level, 0, subject.Key));
    }

    [Fact]
    public void Subject_FromMomentToMoment_Moves_AndIsTheSameWhenLookedAtAgain()
    {
        Assert.Equal(Cover(3, 13), Cover(3, 13));
        var moved = Enumerable.Range(0, 40).Select(seed => Middle(Cover(seed, 12)) is { } before
            && Middle(Cover(seed, 13)) is { } after ? Math.Abs(after.X - before.X) + Math.Abs(after.Y - before.Y) : 0);

        // Some leave the picture, and some are fast.
        Assert.InRange(moved.Max(), 3, 14 * Math.Sqrt(2));
    }

    [Fact]
    public void Subject_CarriesItsOwnTexture()
    {
        // What is in its middle at one time is there at another, too, wherever it is; light does not change.
        var image = SampleRegions.Picture();
        for (var seed = 0; seed < 20; seed++)
        {
            var subject = new Subject(image, Width, Height, Frames, 0, new Random(seed));
            byte[] before = new byte[Width * Height], after = new byte[Width * Height];
            subject.Cover(before, 12);
            subject.Cover(after, 12.001);

            Assert.True(before.Zip(after).Max(pair => Math.Abs(pair.First - pair.Second)) <= 3, $"{seed}");
        }
    }

    [Fact]
    public void Scene_OfAStillCamera_ChangesWhereSomethingMoves_AndOnlyThere()
    {
        var image = SampleRegions.Picture();
        var scenes = Enumerable.Range(0, 60).Select(seed => new Scene(image, Width, Height, Frames, seed))
            .Where(scene => scene.Kind == SceneKind.Still).Select(scene => scene.Record()).ToList();

        Assert.NotEmpty(scenes);
        Assert.All(scenes, clip => Assert.NotEqual(clip.Frames[0], clip.Frames[Frames - 1]));
    }

    private static byte[] Cover(int seed, double time)
    {
        var flat = new GrayImage(400, 300, [.. Enumerable.Repeat((byte)150, 400 * 300)]);
        var picture = new byte[Width * Height];
        new Subject(flat, Width, Height, Frames, 0, new Random(seed)).Cover(picture, time);
        return picture;
    }

    private static (double X, double Y)? Middle(byte[] picture)
    {
        var at = Enumerable.Range(0, picture.Length).Where(i => picture[i] > 0).ToList();
        return at.Count == 0 ? null : (at.Average(i => i % Width), at.Average(i => i / Width));
    }
}

using Fed.Contracts.Participants;
using Fed.Grains.Clusters;

namespace Fed.Tests.Grains;

public sealed class WatermarkCacheTests
{
    [Fact]
    public async Task LearnAsync_NothingInTheLedger_KeepsWhatTheParticipantSettled()
    {
        var asked = 0;
        var cache = new WatermarkCache(_ =>
        {
            asked++;
            return Task.FromResult(Mark(3));
        });

        await cache.LearnAsync("a", () => null);
        await cache.LearnAsync("a", () => null);

        Assert.Equal(Mark(3), cache.Find("a"));
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task LearnAsync_TheLedgerHasMore_KeepsTheLedgers()
    {
        var cache = new WatermarkCache(_ => Task.FromResult(Mark(3)));

        await cache.LearnAsync("a", () => Mark(4));

        Assert.Equal(Mark(4), cache.Find("a"));
    }

    [Fact]
    public async Task LearnAsync_TheParticipantSettledMoreThanTheLedgerHas_KeepsTheParticipants()
    {
        var cache = new WatermarkCache(_ => Task.FromResult(Mark(3)));

        await cache.LearnAsync("a", () => Mark(2));

        Assert.Equal(Mark(3), cache.Find("a"));
    }

    [Fact]
    public async Task LearnAsync_OthersContributeMeanwhile_KeepsTheAnswer()
    {
        var answer = new TaskCompletionSource<Watermark>();
        var cache = new WatermarkCache(_ => answer.Task);
        var learning = cache.LearnAsync("a", () => null);

        cache.Raise("b", Mark(1));
        cache.Settled(["b", "c"]);
        answer.SetResult(Mark(3));
        await learning;

        Assert.Equal(Mark(3), cache.Find("a"));
    }

    [Fact]
    public async Task LearnAsync_ItIsRaisedMeanwhile_DoesNotLowerItToTheOldAnswer()
    {
        var answer = new TaskCompletionSource<Watermark>();
        var cache = new WatermarkCache(_ => answer.Task);
        var learning = cache.LearnAsync("a", () => null);

        cache.Raise("a", Mark(4));
        answer.SetResult(Mark(3));
        await learning;

        Assert.Equal(Mark(4), cache.Find("a"));
    }

    [Fact]
    public async Task LearnAsync_ItsContributionsAreSettledMeanwhile_DoesNotKeepTheOldAnswer()
    {
        var (first, second) = (new TaskCompletionSource<Watermark>(), new TaskCompletionSource<Watermark>());
        var answers = new Queue<TaskCompletionSource<Watermark>>([first, second]);
        var cache = new WatermarkCache(_ => answers.Dequeue().Task);
        var learning = cache.LearnAsync("a", () => null);

        cache.Settled(["a"]);
        var again = cache.LearnAsync("a", () => null);
        first.SetResult(Watermark.None);
        await learning;

        Assert.Null(cache.Find("a"));
        second.SetResult(Mark(1));
        await again;
        Assert.Equal(Mark(1), cache.Find("a"));
        Assert.Empty(answers);
    }

    [Fact]
    public async Task LearnAsync_ManyAtOnce_AskOnce()
    {
        var (asked, answer) = (0, new TaskCompletionSource<Watermark>());
        var cache = new WatermarkCache(_ =>
        {
            asked++;
            return answer.Task;
        });
        var learning = Task.WhenAll(Enumerable.Range(0, 3).Select(_ => cache.LearnAsync("a", () => null)));

        answer.SetResult(Mark(3));
        await learning;

        Assert.Equal(Mark(3), cache.Find("a"));
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task LearnAsync_TheParticipantDoesNotAnswer_FailsAndAsksAgainNextTime()
    {
        var answers = new Queue<Task<Watermark>>(
            [Task.FromException<Watermark>(new TimeoutException("no answer")), Task.FromResult(Mark(3))]);
        var cache = new WatermarkCache(_ => answers.Dequeue());

        await Assert.ThrowsAsync<TimeoutException>(() => cache.LearnAsync("a", () => null));
        await cache.LearnAsync("a", () => null);

        Assert.Equal(Mark(3), cache.Find("a"));
    }

    [Fact]
    public void Raise_MoreParticipantsThanAreKept_ForgetsButNeverLowers()
    {
        var cache = new WatermarkCache(_ => throw new InvalidOperationException("not to be asked"));

        for (var i = 0; i <= 8192; i++)
            cache.Raise($"p{i}", Mark(7));

        Assert.Null(cache.Find("p0"));
        Assert.Equal(Mark(7), cache.Find("p8192"));
    }

    private static Watermark Mark(long sequence) => new(
        new Receipt("f", "a", sequence, "00", "c", 0, 0, 1, DateTimeOffset.UnixEpoch, 1, "none"), sequence - 1);
}

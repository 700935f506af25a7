using Fed.Core;

namespace Fed.Tests.Core;

public sealed class SplitMix64Tests
{
    // The vectors of Sebastiano Vigna's splitmix64.c for seed 1234567, as Rosetta Code lists them.
    [Fact]
    public void Next_Seed1234567_GivesThePublishedVectors()
    {
        ulong[] expected =
        [
            6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821,
        ];
        var random = new SplitMix64(1234567);

        var actual = new ulong[expected.Length];
        for (var i = 0; i < actual.Length; i++)
            actual[i] = random.Next();

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void NextDouble_ManyTimes_FillsZeroToBelowOneEvenly()
    {
        var random = new SplitMix64(5);
        var bins = new int[10];
        for (var i = 0; i < 100_000; i++)
        {
            var value = random.NextDouble();
            Assert.True(value is >= 0 and < 1);
            bins[(int)(value * 10)]++;
        }

        // 10,000 each, standard deviation 95.
        Assert.All(bins, count => Assert.InRange(count, 9_500, 10_500));
    }

    [Fact]
    public void NextBelowABound_ManyTimes_GivesEveryValueEvenly()
    {
        var random = new SplitMix64(6);
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++)
            counts[random.Next(7)]++;

        Assert.All(counts, count => Assert.InRange(count, 9_500, 10_500));
    }

    [Fact]
    public void Shuffle_ThreeValues_GivesEachOrderEvenlyAndOnlyPermutations()
    {
        var random = new SplitMix64(7);
        var orders = new Dictionary<string, int>();
        for (var i = 0; i < 60_000; i++)
        {
            int[] values = [0, 1, 2];
            random.Shuffle(values);
            var order = string.Concat(values);
            orders[order] = orders.GetValueOrDefault(order) + 1;
        }

        Assert.Equal(["012", "021", "102", "120", "201", "210"], orders.Keys.Order());
        Assert.All(orders.Values, count => Assert.InRange(count, 9_500, 10_500));
    }
}

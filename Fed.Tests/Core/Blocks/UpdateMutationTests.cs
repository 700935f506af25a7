using Fed.Core.Aggregation;
using Fed.Core.Blocks;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Blocks;

/// <summary>Seeded mutants of valid files: refused with a fault, or stored byte for byte and safe to fold.</summary>
public sealed class UpdateMutationTests
{
    [Theory]
    [InlineData("float32", 45, 1, 8000)]
    [InlineData("int8", 300, 2, 8000)]
    [InlineData("int8", 8192 + 40, 3, 4000)]
    public async Task Copy_Mutants_AreRefusedOrSafe(string codec, int dimension, int seed, int mutants)
    {
        var random = new Random(seed);
        var seeds = Enumerable.Range(0, 4)
            .Select(i => UpdateFiles.Build(Deltas.OnGrid(i, dimension, UpdateFiles.Grid), codec, examples: i + 1))
            .ToArray();
        var expectation = UpdateFiles.Expect(dimension, codec);
        var refused = new Dictionary<UpdateFault, int>();
        var accepted = 0;
        for (var i = 0; i < mutants; i++)
        {
            var mutant = Mutations.Apply(random, seeds);
            try
            {
                Assert.Equal(mutant, await UpdateFiles.TakeAsync(mutant, expectation));
                CheckFold(mutant, dimension);
                accepted++;
            }
            catch (UpdateFaultException fault)
            {
                refused[fault.Fault] = refused.GetValueOrDefault(fault.Fault) + 1;
            }
        }

        // The mutants must reach both outcomes and the deep checks, else they prove nothing.
        Assert.InRange(accepted, mutants / 100, mutants / 2);
        Assert.Subset(
            refused.Keys.ToHashSet(),
            new HashSet<UpdateFault>
            {
                UpdateFault.Truncated, UpdateFault.TooLarge, UpdateFault.Malformed, UpdateFault.ChecksumMismatch,
                UpdateFault.LayoutMismatch, UpdateFault.CodecNotAllowed, UpdateFault.BeyondBound,
            });
    }

    private static void CheckFold(byte[] file, int dimension)
    {
        var fold = new BlockFold([new FoldInput(UpdateFiles.Open(file), 1)], UpdateFiles.Grid);
        Assert.Equal(dimension, fold.Dimension);
        var bound = (long)(UpdateFiles.Grid.Bound * UpdateFiles.Grid.Scale);
        for (var block = 0; block < fold.BlockCount; block++)
        {
            var sums = new long[fold.LengthOf(block)];
            fold.Sum(block, sums);
            Assert.InRange(sums.Max(), -bound, bound);
            Assert.InRange(sums.Min(), -bound, bound);
        }
    }
}

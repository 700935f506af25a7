using Fed.Core.Blocks;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Blocks;

/// <summary>
/// 100,000 mutants of valid files of every codec: each is refused with a named fault, or is stored byte for byte and
/// decodes to finite values within the bound. Any other exception fails the test.
/// </summary>
public sealed class UpdateFuzzTests
{
    private const int Mutants = 12_500;

    /// <summary>Two blocks' worth of file, with room for its reading: nothing in a mutant may ask for more.</summary>
    private const long MaxAllocated = 400_000;

    [Theory]
    [InlineData("float32", 45, 11)]
    [InlineData("float16", 70, 12)]
    [InlineData("bfloat16", 70, 13)]
    [InlineData("int8", 300, 14)]
    [InlineData("int4", 300, 15)]
    [InlineData("topk:0.1", 600, 16)]
    [InlineData("sign", 500, 17)]
    [InlineData("ternary:0.1", 600, 18)]
    public async Task Copy_Mutants_AreRefusedByNameOrDecode(string codec, int dimension, int seed)
    {
        var random = new Random(seed);
        var seeds = Enumerable.Range(0, 4)
            .Select(i => UpdateFiles.Build(Deltas.Uniform(i, dimension, 1f), codec, examples: i + 1))
            .ToArray();
        var expectation = UpdateFiles.Expect(dimension, codec);
        var (refused, accepted) = (0, 0);
        for (var i = 0; i < Mutants; i++)
        {
            var mutant = Mutations.Apply(random, seeds);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var stored = await UpdateFiles.TakeAsync(mutant, expectation);
                Assert.Equal(mutant, stored);
                var values = UpdateFiles.Decode(stored);
                Assert.Equal(dimension, values.Length);
                Assert.Equal(-1, expectation.Grid.FirstOutside(values));
                accepted++;
            }
            catch (UpdateFaultException fault)
            {
                Assert.True(Enum.IsDefined(fault.Fault));
                Assert.NotEmpty(fault.Message);
                refused++;
            }

            // Memory streams complete in place, so all of it ran on this thread.
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxAllocated);
        }

        Assert.Equal(Mutants, refused + accepted);
        Assert.InRange(accepted, Mutants / 200, Mutants);
        Assert.InRange(refused, Mutants / 5, Mutants);
    }
}

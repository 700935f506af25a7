using Fed.Core.Blocks;
using Fed.Tests.Core.Support;

namespace Fed.Tests.Core.Blocks;

/// <summary>Every prefix and every single flipped bit of a file of two blocks.</summary>
public sealed class UpdateDamageTests
{
    private const int Dimension = 8192 + 70;
    private static readonly byte[] File = UpdateFiles.Build(Deltas.Uniform(2, Dimension, 3f), "int8");
    private static readonly UpdateExpectation Expectation = UpdateFiles.Expect(Dimension, "int8");

    [Fact]
    public async Task Copy_TruncatedAtEveryByte_IsRefusedAsTruncated()
    {
        for (var length = 0; length < File.Length; length++)
        {
            var part = File[..length];
            var refusal = await Assert.ThrowsAsync<UpdateFaultException>(() => UpdateFiles.TakeAsync(part, Expectation));
            Assert.Equal(UpdateFault.Truncated, refusal.Fault);
        }
    }

    [Fact]
    public void Reader_TruncatedAtEveryByte_IsRefused()
    {
        for (var length = 0; length < File.Length; length++)
            Assert.Throws<InvalidDataException>(() => UpdateFiles.Open(File[..length]));
    }

    [Fact]
    public async Task Copy_EverySingleFlippedBit_IsRefused()
    {
        var damaged = (byte[])File.Clone();
        for (var bit = 0; bit < 8 * File.Length; bit++)
        {
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            await Assert.ThrowsAsync<UpdateFaultException>(() => UpdateFiles.TakeAsync(damaged, Expectation));
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Equal(File, await UpdateFiles.TakeAsync(damaged, Expectation));
    }

    [Fact]
    public void Reader_EverySingleFlippedBit_IsRefused()
    {
        var damaged = (byte[])File.Clone();
        for (var bit = 0; bit < 8 * File.Length; bit++)
        {
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<InvalidDataException>(() => UpdateFiles.ReadAll(damaged));
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }
}

using Fed.Core.Aggregation;
using Fed.Core.Models;
using Fed.Core.Optimizers;

namespace Fed.Tests.Core.Support;

/// <summary>One input of a test's fold: a file, its factor, and what it adds to the divisor.</summary>
internal sealed record Part(byte[] File, long Factor, long Weight)
{
    /// <summary>A fresh update of integer weight W.</summary>
    public static Part Of(float[] delta, long weight, string codec = "float32") =>
        new(UpdateFiles.Build(delta, codec), weight, weight);
}

/// <summary>The fold of design section 4 from files to a model file, as a fold worker does it.</summary>
internal static class TestFold
{
    /// <summary>S of the parts, block by block.</summary>
    public static long[] Sum(IEnumerable<Part> parts, Grid grid)
    {
        var inputs = parts.Select(part => new FoldInput(UpdateFiles.Open(part.File), part.Factor)).ToArray();
        var fold = new BlockFold(inputs, grid);
        var sums = new long[fold.Dimension];
        for (var block = 0; block < fold.BlockCount; block++)
            fold.Sum(block, sums.AsSpan(block * fold.BlockLength, fold.LengthOf(block)));
        return sums;
    }

    /// <summary>A partial aggregate on its way up, with the upper tier's factor for a fresh one.</summary>
    public static Part Aggregate(IReadOnlyList<Part> parts, Grid grid)
    {
        var weight = parts.Sum(part => part.Weight);
        return new Part(
            SumsFiles.Write(Sum(parts, grid), weight, parts.Count), IntegerWeight.One, IntegerWeight.One * weight);
    }

    /// <summary>The next model after one fold and one step of the optimiser, from its initial moments.</summary>
    public static float[] Step(IReadOnlyList<Part> parts, Grid grid, float[] model, IServerOptimizer optimizer)
    {
        var sums = Sum(parts, grid);
        var next = (float[])model.Clone();
        var first = new float[optimizer.Moments > 0 ? model.Length : 0];
        var second = new float[optimizer.Moments > 1 ? model.Length : 0];
        Array.Fill(second, optimizer.InitialSecondMoment);
        var step = new ModelStep(grid, parts.Sum(part => part.Weight), optimizer, 8192);
        for (var start = 0; start < model.Length; start += 8192)
        {
            var range = start..Math.Min(model.Length, start + 8192);
            step.Apply(
                sums.AsSpan(range),
                next.AsSpan(range),
                first.Length > 0 ? first.AsSpan(range) : [],
                second.Length > 0 ? second.AsSpan(range) : []);
        }

        return next;
    }

    /// <summary>SHA-256 of the model as a safetensors file.</summary>
    public static string Sha256(float[] model)
    {
        using var stream = new MemoryStream();
        Safetensors.Write(stream, new ModelLayout([("w", [model.Length])]), model);
        return Hashes.Of(stream.ToArray());
    }
}

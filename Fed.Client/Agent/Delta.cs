using System.Numerics.Tensors;

namespace Fed.Client.Agent;

/// <summary>What training has changed.</summary>
internal static class Delta
{
    /// <summary>Int8 scales may round a value up by a few units in the last place; the bound must still hold.</summary>
    private const float Margin = 1 - 1f / (1 << 20);

    /// <summary>scale (trained - start) + carried, written over <paramref name="trained"/>, and cut to the
    /// bound.</summary>
    /// <param name="scale">FedNova's, above 0; 1: the change as it is.</param>
    /// <param name="carried">What earlier encodings have left out (error feedback); empty: nothing.</param>
    /// <returns>How many values were cut.</returns>
    /// <exception cref="AgentException">Training has diverged: a value is not finite.</exception>
    public static int Make(
        ReadOnlySpan<float> start,
        Span<float> trained,
        float bound,
        double scale = 1,
        ReadOnlySpan<float> carried = default)
    {
        TensorPrimitives.Subtract(trained, start, trained);
        if (scale != 1)
            TensorPrimitives.Multiply(trained, (float)scale, trained);
        if (!carried.IsEmpty)
            TensorPrimitives.Add(trained, carried, trained);
        var limit = bound * Margin;
        var cut = 0;
        for (var i = 0; i < trained.Length; i++)
        {
            var value = trained[i];
            if (!float.IsFinite(value))
            {
                throw new AgentException(
                    ExitCode.Failure,
                    $"training has diverged: parameter {i} changed by {value}; "
                    + "ask a steward for a lower learning rate");
            }

            if (MathF.Abs(value) <= limit)
                continue;
            trained[i] = MathF.CopySign(limit, value);
            cut++;
        }

        return cut;
    }
}

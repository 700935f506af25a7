namespace Fed.Training.Managed;

/// <summary>Softmax followed by cross-entropy, in nats, computed with the largest logit subtracted.</summary>
internal static class SoftmaxLoss
{
    /// <param name="logits">batch x classes.</param>
    /// <param name="labels">One class per sample.</param>
    /// <param name="gradient">
    /// batch x classes: overwritten with (softmax - one-hot) / divisor; empty to skip it.
    /// </param>
    /// <param name="divisor">Examples in the whole minibatch, of which these may be a part.</param>
    /// <returns>The sum over the batch.</returns>
    public static double Compute(
        ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, int classes, Span<float> gradient, int divisor)
    {
        var loss = 0.0;
        for (var sample = 0; sample < labels.Length; sample++)
        {
            var row = logits.Slice(sample * classes, classes);
            var largest = float.NegativeInfinity;
            foreach (var logit in row)
                largest = Math.Max(largest, logit);
            var sum = 0.0;
            foreach (var logit in row)
                sum += Math.Exp(logit - largest);
            loss += Math.Log(sum) + largest - row[labels[sample]];
            if (gradient.IsEmpty)
                continue;
            var target = gradient.Slice(sample * classes, classes);
            for (var i = 0; i < classes; i++)
            {
                var probability = Math.Exp(row[i] - largest) / sum;
                target[i] = (float)((probability - (i == labels[sample] ? 1 : 0)) / divisor);
            }
        }

        return loss;
    }
}

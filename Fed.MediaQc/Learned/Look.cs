namespace Fed.MediaQc.Learned;

/// <summary>What a model says of one second of pictures.</summary>
/// <param name="Places">That were looked at; those of which nothing can be said are among them.</param>
/// <param name="Sure">By class, the places of which the model says it with at least <see cref="Confidence"/>.</param>
/// <param name="Probability">By class, the sum over those places of how sure it is.</param>
internal sealed record Look(int Places, int[] Sure, double[] Probability)
{
    /// <summary>Less is no evidence: among nine classes, that is a doubt among two or three.</summary>
    public const float Confidence = 0.8f;

    public double ShareOf(int fault) => (double)Sure[fault] / Places;

    /// <param name="probabilities">Examined places x classes.</param>
    public static Look Of(ReadOnlySpan<float> probabilities, int classes, int places)
    {
        var look = new Look(places, new int[classes], new double[classes]);
        for (var i = 0; i < probabilities.Length; i++)
        {
            if (probabilities[i] < Confidence)
                continue;
            look.Sure[i % classes]++;
            look.Probability[i % classes] += probabilities[i];
        }

        return look;
    }
}

/// <param name="Start">Of its first picture, seconds.</param>
/// <param name="End">Of its last picture's end, seconds.</param>
internal sealed record TimedLook(double Start, double End, Look Look);

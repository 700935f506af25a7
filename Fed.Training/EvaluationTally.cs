namespace Fed.Training;

/// <summary>Counts predictions, batch after batch.</summary>
internal sealed class EvaluationTally(int classes)
{
    private readonly int[,] _confusion = new int[classes, classes];
    private int _examples;
    private int _correct;
    private double _loss;

    /// <param name="logits">batch x classes; the largest is the prediction, the first one of equals.</param>
    /// <param name="loss">Sum over the batch, in nats.</param>
    public void Add(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, double loss)
    {
        for (var sample = 0; sample < labels.Length; sample++)
        {
            var row = logits.Slice(sample * classes, classes);
            var predicted = 0;
            for (var i = 1; i < classes; i++)
            {
                if (row[i] > row[predicted])
                    predicted = i;
            }

            _confusion[labels[sample], predicted]++;
            _correct += predicted == labels[sample] ? 1 : 0;
        }

        _examples += labels.Length;
        _loss += loss;
    }

    public EvaluationResult Result() => new(_examples, _correct, _loss / _examples, _confusion);
}

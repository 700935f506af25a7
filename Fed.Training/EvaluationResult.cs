namespace Fed.Training;

/// <param name="Loss">Mean cross-entropy, in nats.</param>
/// <param name="Confusion">[true class, predicted class] counts.</param>
public sealed record EvaluationResult(int Examples, int Correct, double Loss, int[,] Confusion)
{
    /// <summary>0 to 1.</summary>
    public double Accuracy => (double)Correct / Examples;
}

namespace Fed.Training;

/// <param name="Examples">Samples in the data.</param>
/// <param name="Steps">Optimiser steps taken.</param>
/// <param name="EpochLosses">Mean loss of each epoch, in nats, as seen while training.</param>
public sealed record TrainingResult(int Examples, long Steps, IReadOnlyList<double> EpochLosses)
{
    /// <summary>Mean loss of the last epoch.</summary>
    public double Loss => EpochLosses[^1];
}

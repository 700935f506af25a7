namespace Fed.Bench.Simulation;

/// <param name="Accuracy">Of the last model on held-out content, 0 to 1: the mean over the clusters.</param>
/// <param name="BackdoorSuccess">Share of held-out samples of other classes that the trigger turns into the target;
/// null without a backdoor.</param>
/// <param name="UpdateBytes">Mean size of an encoded update: header, index and blocks.</param>
/// <param name="NormMedian">Median L2 norm of the first round's honest updates.</param>
public sealed record SimulationResult(double Accuracy, double? BackdoorSuccess, double UpdateBytes, double NormMedian);

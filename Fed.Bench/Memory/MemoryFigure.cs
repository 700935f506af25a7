namespace Fed.Bench.Memory;

/// <summary>One line of <c>fed bench memory</c>.</summary>
/// <param name="Params">D, parameters of the model.</param>
/// <param name="Updates">K, float32 update files of 4 D bytes that one process folded.</param>
/// <param name="PeakRssMb">VmHWM of that process: the most memory it ever had resident, in 10^6 bytes.</param>
/// <param name="Seconds">By the clock, for the fold and the next model's file.</param>
internal sealed record MemoryFigure(long Params, int Updates, double PeakRssMb, double Seconds);

namespace Fed.Bench.Kernels;

/// <summary>One line of <c>fed bench kernels</c>.</summary>
/// <param name="Kernel">Class, method and parameter, as <c>--filter</c> sees them.</param>
/// <param name="Baseline">The method that it is measured against; a baseline has a line too, of ratio 1.</param>
/// <param name="Nanoseconds">The least of the iterations, for noise only ever adds; for one block.</param>
/// <param name="Ratio">Time / the baseline's: below 1 is faster.</param>
/// <param name="AllocatedBytes">On the managed heap, for one block.</param>
internal sealed record KernelFigure(
    string Kernel, string Baseline, double Nanoseconds, double Ratio, long AllocatedBytes);

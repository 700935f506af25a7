namespace Fed.Bench.Fold;

/// <summary>One line of <c>fed bench fold</c>. GB are 10^9 bytes.</summary>
/// <param name="Codec">As a federation's setting names it.</param>
/// <param name="Dim">D, parameters.</param>
/// <param name="Updates">K, files that are folded together.</param>
/// <param name="Seconds">One fold of all K updates: processor seconds of the process / threads, which are those of the
/// clock where the machine has nothing else to do, and hardly more where it has.</param>
/// <param name="UpdateBytes">Of the K files together.</param>
/// <param name="GbPerSecond">Bytes of update files a second, read, checked against their checksums, and added.</param>
/// <param name="ReadGbPerSecond">This machine's streaming read, as many threads.</param>
/// <param name="AxpyGbPerSecond">Bytes of x a second of y += a x in float32, as many threads: an unchecked fold that
/// takes
/// one update after the other.</param>
internal sealed record FoldFigure(
    string Codec,
    int Dim,
    int Updates,
    int Threads,
    double Seconds,
    long UpdateBytes,
    double GbPerSecond,
    double ReadGbPerSecond,
    double AxpyGbPerSecond)
{
    public double RatioToAxpy => GbPerSecond / AxpyGbPerSecond;

    /// <summary>10^9 parameters a second: D x K / seconds.</summary>
    public double GigaParametersPerSecond => (double)Dim * Updates / Seconds * 1e-9;
}

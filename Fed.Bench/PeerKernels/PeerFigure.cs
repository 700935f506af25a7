namespace Fed.Bench.PeerKernels;

/// <summary>One line of <c>fed bench peers</c>, on the same updates.</summary>
/// <param name="Kernel">For example <c>mean-flower</c>.</param>
/// <param name="Threads">
/// Ours; the peers' kernels have one. 1: both figures are processor seconds. More: both are seconds by the clock.
/// </param>
/// <param name="Ours">Seconds from update files, checked, to the next model.</param>
/// <param name="Peer">Seconds from float32 arrays to float32 arrays.</param>
/// <param name="ExtraMemoryOurs">Bytes allocated beyond the input, result included.</param>
/// <param name="ExtraMemoryPeer">The most bytes at one time beyond the input, result included.</param>
internal sealed record PeerFigure(
    string Kernel, int Threads, double Ours, double Peer, long ExtraMemoryOurs, long ExtraMemoryPeer)
{
    public double Speedup => Peer / Ours;
}

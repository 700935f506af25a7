using Fed.Core.Blocks;

namespace Fed.Core.Robust;

/// <summary>One update that a robust rule judges.</summary>
/// <param name="Hash">The update's own name, its SHA-256: ties are broken by it, never by position.</param>
/// <param name="File">An update, or the sums of a partial aggregate: its mean is judged as one update.</param>
/// <param name="Factor">W_i s_i, what rules that go by weight count it by; at least 0.</param>
/// <param name="Weight">What it adds to W, the weight of the aggregate; at least 0.</param>
public readonly record struct RobustInput(BlockFileReader File, string Hash, long Factor, long Weight);

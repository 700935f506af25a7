using System.Numerics;

namespace Fed.Core.Robust;

/// <summary>
/// Comparisons that sort n values, the same ones whatever the values are, so that a vector of columns is sorted at
/// once. Merge exchange (Batcher 1968; Knuth, The Art of Computer Programming 3, 5.2.2, algorithm M), and of it only
/// what decides which values land in a middle range.
/// </summary>
public static class SortingNetwork
{
    private enum Use
    {
        /// <summary>Nothing looks at this place.</summary>
        None,

        /// <summary>Only its membership in the range matters.</summary>
        Member,

        /// <summary>A later comparison looks at it.</summary>
        Compared,
    }

    /// <summary>Sorts n values, ascending.</summary>
    /// <returns>Pairs (low, high): the smaller value goes to the first place.</returns>
    public static (int Low, int High)[] Full(int n)
    {
        var pairs = new List<(int, int)>();
        var top = n < 2 ? 0 : 1 << BitOperations.Log2((uint)n - 1);
        for (var p = top; p > 0; p >>= 1)
        {
            var (q, r, d) = (top, 0, p);
            while (true)
            {
                for (var i = 0; i < n - d; i++)
                {
                    if ((i & p) == r)
                        pairs.Add((i, i + d));
                }

                if (q == p)
                    break;
                (d, q, r) = (q - p, q >> 1, p);
            }
        }

        return [.. pairs];
    }

    /// <summary>
    /// Brings the values of ranks <paramref name="first"/> to first + count - 1 to these places, in any order among
    /// themselves: a comparison between two places that are both dropped, or both kept and not looked at later, is
    /// left out.
    /// </summary>
    public static (int Low, int High)[] Middle(int n, int first, int count)
    {
        var use = new Use[n];
        Array.Fill(use, Use.Member, first, count);
        var kept = new List<(int, int)>();
        foreach (var (low, high) in Full(n).Reverse())
        {
            if (use[low] == use[high] && use[low] != Use.Compared)
                continue;
            use[low] = use[high] = Use.Compared;
            kept.Add((low, high));
        }

        kept.Reverse();
        return [.. kept];
    }
}

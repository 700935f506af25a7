namespace Fed.Core.Aggregation;

/// <summary>Combines files block by block into the int64 sums of one partial aggregate.</summary>
public interface IBlockFold
{
    long Dimension { get; }

    int BlockLength { get; }

    string LayoutHash { get; }

    int BlockCount { get; }

    /// <summary>Number of parameters in a block: the last one may be shorter.</summary>
    int LengthOf(int block);

    /// <summary>Writes the sums of one block; <paramref name="sums"/> has its length.</summary>
    /// <exception cref="InvalidDataException">A stored block no longer matches its checksum.</exception>
    void Sum(int block, Span<long> sums);

    /// <summary>The same sums, for another thread: one instance serves one.</summary>
    IBlockFold Twin();
}

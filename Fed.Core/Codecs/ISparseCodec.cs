namespace Fed.Core.Codecs;

/// <summary>A codec that sends a part of the values only.</summary>
public interface ISparseCodec : IBlockCodec
{
    /// <summary>Share of the values that is sent, above 0 and at most 1.</summary>
    double Density { get; }

    /// <summary>The same codec, same id, with another density.</summary>
    ISparseCodec WithDensity(double density);
}

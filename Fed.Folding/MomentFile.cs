using System.Runtime.InteropServices;
using Fed.Core.IO;
using Fed.Core.Models;
using Fed.Core.Optimizers;

namespace Fed.Folding;

/// <summary>
/// An optimiser's moments as a safetensors file: tensor <c>moments</c> of shape [blocks' parameters in order, moments
/// interleaved by block], so that it is written and read in one pass over the blocks.
/// </summary>
internal sealed class MomentFile
{
    private readonly IRandomReader? _source;
    private readonly long _dataOffset;
    private readonly IServerOptimizer _optimizer;

    /// <param name="source">Null before the first step.</param>
    public MomentFile(IRandomReader? source, IServerOptimizer optimizer, long dimension)
    {
        _optimizer = optimizer;
        _source = source;
        if (source is null)
            return;
        var header = SafetensorsHeader.Read(source);
        if (header.Layout.Hash != LayoutOf(optimizer, dimension).Hash)
            throw new InvalidDataException("the optimiser's state does not belong to this model and optimiser");
        _dataOffset = header.DataOffset;
    }

    public static ModelLayout LayoutOf(IServerOptimizer optimizer, long dimension) =>
        new([("moments", [checked((int)(dimension * optimizer.Moments))])]);

    /// <summary>Fills the moments of the block that starts at parameter <paramref name="start"/>.</summary>
    /// <param name="moments">Moments x length of the block.</param>
    public void Read(long start, Span<float> moments)
    {
        if (_source is not null)
        {
            var offset = _dataOffset + start * _optimizer.Moments * sizeof(float);
            _source.Read(offset, MemoryMarshal.AsBytes(moments));
            return;
        }

        moments.Clear();
        if (_optimizer.Moments == 2)
            moments[(moments.Length / 2)..].Fill(_optimizer.InitialSecondMoment);
    }
}

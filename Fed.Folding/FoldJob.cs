using System.Runtime.InteropServices;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Storage;
using Fed.Core.Aggregation;
using Fed.Core.Blocks;
using Fed.Core.IO;
using Fed.Core.Models;
using Fed.Core.Optimizers;

namespace Fed.Folding;

/// <summary>
/// One fold: for each block, combine the inputs, write the sums, step the model, write it. Memory is a few blocks a
/// thread, whatever the model's size and however many the inputs; a robust rule also keeps a block of each input.
/// </summary>
/// <param name="split">Sums the blocks elsewhere, where the rule allows it; null: on threads of this process.</param>
internal sealed class FoldJob(IBlobStore blobs, FoldRequest request, FoldJob.SplitSum? split = null)
{
    /// <summary>Calls the sink with the sums of every block in order.</summary>
    public delegate Task SplitSum(BlockFileHeader shape, ThreadedFold.Sink sink, CancellationToken cancellationToken);

    /// <summary>More would wait for each other's blocks, and leave nothing for what else the process does.</summary>
    private static readonly int Threads = Math.Min(8, Environment.ProcessorCount);

    private readonly Grid _grid = FoldSettings.GridOf(request.Arithmetic);
    private readonly IServerOptimizer _optimizer =
        request.Optimizer is { } settings ? FoldSettings.OptimizerOf(settings) : new PlainStep(1);

    public async Task<FoldResult> RunAsync(CancellationToken cancellationToken)
    {
        using var open = new BlobSet(blobs);
        var baseModel = await open.OpenAsync(request.BaseModel, cancellationToken);
        var model = SafetensorsHeader.Read(baseModel);
        var files = await FoldFiles.OpenAsync(open, request, cancellationToken);
        var shape = files.Shape;
        if (shape.LayoutHash != model.Layout.Hash || shape.Dimension != model.Layout.ParameterCount)
        {
            throw new InvalidDataException(
                $"the inputs' layout {shape.LayoutHash} is not the model's {model.Layout.Hash}");
        }

        var moments = new MomentFile(
            request.OptimizerState is { } state ? await open.OpenAsync(state, cancellationToken) : null,
            _optimizer,
            shape.Dimension);
        var divisor = request.Inputs.Sum(input => input.Weight);
        var count = request.Inputs.Sum(input => input.Count);

        await using var modelBlob = await CreateAsync(request.KeepModel, cancellationToken);
        await using var sumsBlob = await CreateAsync(request.KeepSums, cancellationToken);
        await using var momentsBlob = await CreateAsync(request.KeepModel && _optimizer.Moments > 0, cancellationToken);
        modelBlob?.Stream.Write(SafetensorsHeader.Encode(model.Layout));
        momentsBlob?.Stream.Write(SafetensorsHeader.Encode(MomentFile.LayoutOf(_optimizer, shape.Dimension)));
        var sumsWriter = sumsBlob is null
            ? null
            : new SumsWriter(sumsBlob.Stream, shape.Dimension, divisor, count, request.BaseModel, shape.LayoutHash);

        var step = new ModelStep(_grid, divisor, _optimizer, shape.BlockLength);
        var buffers = new FoldBuffers(shape.BlockLength, _optimizer.Moments);
        var norm = new SumNorm(_grid, shape.BlockLength);
        await SumAsync(
            files,
            (block, sums) =>
            {
                sumsWriter?.Write(sums);
                norm.Add(sums);
                if (modelBlob is null)
                    return;
                var start = (long)block * shape.BlockLength;
                var parameters = buffers.Parameters(sums.Length);
                baseModel.Read(model.DataOffset + start * sizeof(float), MemoryMarshal.AsBytes(parameters));
                var all = buffers.Moments(sums.Length);
                moments.Read(start, all);
                step.Apply(sums, parameters, buffers.First(sums.Length), buffers.Second(sums.Length));
                modelBlob.Stream.Write(MemoryMarshal.AsBytes(parameters));
                momentsBlob?.Stream.Write(MemoryMarshal.AsBytes(all));
            },
            cancellationToken);

        sumsWriter?.Complete();
        return new FoldResult(
            await CommitAsync(modelBlob, cancellationToken),
            await CommitAsync(sumsBlob, cancellationToken),
            await CommitAsync(momentsBlob, cancellationToken),
            divisor,
            count,
            norm.Value);
    }

    /// <summary>All blocks in order, from threads of this process or from elsewhere.</summary>
    private Task SumAsync(FoldFiles files, ThreadedFold.Sink sink, CancellationToken cancellationToken)
    {
        var shape = files.Shape;
        if (split is not null && files.CanSplit)
            return split(shape, sink, cancellationToken);
        new ThreadedFold(files.Combine(Threads, cancellationToken), Math.Min(Threads, shape.BlockCount)).Run(
            new BlockRange(0, shape.BlockCount), sink, cancellationToken);
        return Task.CompletedTask;
    }

    private async Task<IBlobWriter?> CreateAsync(bool wanted, CancellationToken cancellationToken) =>
        wanted ? await blobs.CreateAsync(cancellationToken) : null;

    private static async Task<string?> CommitAsync(IBlobWriter? blob, CancellationToken cancellationToken) =>
        blob is null ? null : await blob.CommitAsync(cancellationToken);
}

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

/// <summary>The blocks of memory that the step of one fold uses.</summary>
internal sealed class FoldBuffers(int blockLength, int moments)
{
    private readonly float[] _parameters = new float[blockLength];
    private readonly float[] _moments = new float[blockLength * moments];

    public Span<float> Parameters(int length) => _parameters.AsSpan(0, length);

    /// <summary>The moments of a block as they are stored: the first ones, then the second ones.</summary>
    public Span<float> Moments(int length) => _moments.AsSpan(0, length * moments);

    /// <summary>A part of <see cref="Moments"/>; empty if the optimiser keeps none.</summary>
    public Span<float> First(int length) => moments > 0 ? _moments.AsSpan(0, length) : [];

    /// <summary>A part of <see cref="Moments"/>; empty unless the optimiser keeps two.</summary>
    public Span<float> Second(int length) => moments > 1 ? _moments.AsSpan(length, length) : [];
}

/// <summary>What a federation's settings say of its folds.</summary>
internal static class FoldSettings
{
    public static Grid GridOf(ArithmeticSettings arithmetic) => new(arithmetic.FractionalBits, arithmetic.Bound);

    public static IServerOptimizer OptimizerOf(OptimizerSettings settings) => ServerOptimizers.Create(
        settings.Kind, settings.LearningRate, settings.Beta1, settings.Beta2, settings.Tau);
}

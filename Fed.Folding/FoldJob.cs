using System.Runtime.InteropServices;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Storage;
using Fed.Core.Aggregation;
using Fed.Core.Blocks;
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
            throw new InvalidDataException($"the inputs' layout {shape.LayoutHash} is not the model's {model.Layout.Hash}");
        var moments = new MomentFile(
            request.OptimizerState is { } state ? await open.OpenAsync(state, cancellationToken) : null,
            _optimizer,
            shape.Dimension);
        var weight = request.Inputs.Sum(input => input.Weight);
        var count = request.Inputs.Sum(input => input.Count);

        await using var modelBlob = await CreateAsync(request.KeepModel, cancellationToken);
        await using var sumsBlob = await CreateAsync(request.KeepSums, cancellationToken);
        await using var momentsBlob = await CreateAsync(request.KeepModel && _optimizer.Moments > 0, cancellationToken);
        modelBlob?.Stream.Write(SafetensorsHeader.Encode(model.Layout));
        momentsBlob?.Stream.Write(SafetensorsHeader.Encode(MomentFile.LayoutOf(_optimizer, shape.Dimension)));
        var sumsWriter = sumsBlob is null
            ? null
            : new SumsWriter(sumsBlob.Stream, shape.Dimension, weight, count, request.BaseModel, shape.LayoutHash);

        var step = new ModelStep(_grid, weight, _optimizer, shape.BlockLength);
        var buffers = new FoldBuffers(shape.BlockLength, _optimizer.Moments);
        await SumAsync(
            files,
            (block, sums) =>
            {
                sumsWriter?.Write(sums);
                if (modelBlob is null)
                    return;
                var start = (long)block * shape.BlockLength;
                var parameters = buffers.Parameters(sums.Length);
                baseModel.Read(model.DataOffset + start * sizeof(float), MemoryMarshal.AsBytes(parameters));
                var (all, first, second) = buffers.Moments(sums.Length);
                moments.Read(start, all);
                step.Apply(sums, parameters, first, second);
                modelBlob.Stream.Write(MemoryMarshal.AsBytes(parameters));
                momentsBlob?.Stream.Write(MemoryMarshal.AsBytes(all));
            },
            cancellationToken);

        sumsWriter?.Complete();
        return new FoldResult(
            await CommitAsync(modelBlob, cancellationToken),
            await CommitAsync(sumsBlob, cancellationToken),
            await CommitAsync(momentsBlob, cancellationToken),
            weight,
            count);
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

using System.Runtime.InteropServices;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Storage;
using Fed.Core.Aggregation;
using Fed.Core.Blocks;
using Fed.Core.Models;
using Fed.Core.Optimizers;
using Fed.Grains.Federations;

namespace Fed.Grains.Folding;

/// <summary>
/// One fold: for each block, sum the inputs, write the sums, step the model, write it. Memory is a few blocks, whatever
/// the model's size and however many the inputs.
/// </summary>
internal sealed class FoldJob(IBlobStore blobs, FoldRequest request)
{
    private readonly Grid _grid = Tiers.GridOf(request.Arithmetic);
    private readonly IServerOptimizer _optimizer =
        request.Optimizer is { } settings ? Tiers.OptimizerOf(settings) : new PlainStep(1);

    public async Task<FoldResult> RunAsync(CancellationToken cancellationToken)
    {
        using var open = new BlobSet(blobs);
        var baseModel = await open.OpenAsync(request.BaseModel, cancellationToken);
        var model = SafetensorsHeader.Read(baseModel);
        var inputs = new List<FoldInput>();
        foreach (var input in request.Inputs)
        {
            var blob = await open.OpenAsync(input.Sha256, cancellationToken);
            inputs.Add(new FoldInput(new BlockFileReader(blob), input.Factor));
        }

        var fold = new BlockFold(inputs, _grid);
        if (fold.LayoutHash != model.Layout.Hash || fold.Dimension != model.Layout.ParameterCount)
            throw new InvalidDataException($"the inputs' layout {fold.LayoutHash} is not the model's {model.Layout.Hash}");
        var moments = new MomentFile(
            request.OptimizerState is { } state ? await open.OpenAsync(state, cancellationToken) : null,
            _optimizer,
            fold.Dimension);
        var weight = request.Inputs.Sum(input => input.Weight);
        var count = request.Inputs.Sum(input => input.Count);

        await using var modelBlob = await CreateAsync(request.KeepModel, cancellationToken);
        await using var sumsBlob = await CreateAsync(request.KeepSums, cancellationToken);
        await using var momentsBlob = await CreateAsync(request.KeepModel && _optimizer.Moments > 0, cancellationToken);
        modelBlob?.Stream.Write(SafetensorsHeader.Encode(model.Layout));
        momentsBlob?.Stream.Write(SafetensorsHeader.Encode(MomentFile.LayoutOf(_optimizer, fold.Dimension)));
        var sumsWriter = sumsBlob is null
            ? null
            : new SumsWriter(sumsBlob.Stream, fold.Dimension, weight, count, request.BaseModel, fold.LayoutHash);

        var step = new ModelStep(_grid, weight, _optimizer, fold.BlockLength);
        var buffers = new FoldBuffers(fold.BlockLength, _optimizer.Moments);
        for (var block = 0; block < fold.BlockCount; block++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var start = (long)block * fold.BlockLength;
            var sums = buffers.Sums(fold.LengthOf(block));
            fold.Sum(block, sums);
            sumsWriter?.Write(sums);
            if (modelBlob is null)
                continue;
            var parameters = buffers.Parameters(sums.Length);
            baseModel.Read(model.DataOffset + start * sizeof(float), MemoryMarshal.AsBytes(parameters));
            var (all, first, second) = buffers.Moments(sums.Length);
            moments.Read(start, all);
            step.Apply(sums, parameters, first, second);
            modelBlob.Stream.Write(MemoryMarshal.AsBytes(parameters));
            momentsBlob?.Stream.Write(MemoryMarshal.AsBytes(all));
        }

        sumsWriter?.Complete();
        return new FoldResult(
            await CommitAsync(modelBlob, cancellationToken),
            await CommitAsync(sumsBlob, cancellationToken),
            await CommitAsync(momentsBlob, cancellationToken),
            weight,
            count);
    }

    private async Task<IBlobWriter?> CreateAsync(bool wanted, CancellationToken cancellationToken) =>
        wanted ? await blobs.CreateAsync(cancellationToken) : null;

    private static async Task<string?> CommitAsync(IBlobWriter? blob, CancellationToken cancellationToken) =>
        blob is null ? null : await blob.CommitAsync(cancellationToken);
}

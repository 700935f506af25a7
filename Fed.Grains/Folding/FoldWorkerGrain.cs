using Fed.Contracts.Aggregation;
using Fed.Contracts.Storage;
using Fed.Folding;
using Orleans;
using Orleans.Concurrency;

namespace Fed.Grains.Folding;

/// <summary>
/// Computes folds away from the aggregators' turns, so that they go on accepting contributions meanwhile.
/// </summary>
[StatelessWorker]
public sealed class FoldWorkerGrain(IBlobStore blobs, FoldOptions options) : Grain, IFoldWorkerGrain
{
    public Task<FoldResult> Fold(FoldRequest request)
    {
        var split = options.Workers > 1 ? new RangedFold(GrainFactory, blobs, request, options.Workers) : null;
        var job = new FoldJob(blobs, request, split is null ? null : split.RunAsync);
        return Task.Run(() => job.RunAsync(CancellationToken.None));
    }

    public Task<string> Splice(string first, string second) =>
        Task.Run(() => SpliceJob.RunAsync(blobs, first, second, CancellationToken.None));

    public Task<string> Mix(string globalModel, string ownModel, double specialisation) =>
        Task.Run(() => MixJob.RunAsync(blobs, globalModel, ownModel, specialisation, CancellationToken.None));
}

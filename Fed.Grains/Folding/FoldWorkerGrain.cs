using Fed.Contracts.Aggregation;
using Fed.Contracts.Storage;
using Orleans;
using Orleans.Concurrency;

namespace Fed.Grains.Folding;

/// <summary>
/// Computes folds away from the aggregators' turns, so that they go on accepting contributions meanwhile.
/// </summary>
[StatelessWorker]
public sealed class FoldWorkerGrain(IBlobStore blobs) : Grain, IFoldWorkerGrain
{
    public Task<FoldResult> Fold(FoldRequest request) =>
        Task.Run(() => new FoldJob(blobs, request).RunAsync(CancellationToken.None));

    public Task<string> Mix(string globalModel, string ownModel, double specialisation) =>
        Task.Run(() => MixJob.RunAsync(blobs, globalModel, ownModel, specialisation, CancellationToken.None));
}

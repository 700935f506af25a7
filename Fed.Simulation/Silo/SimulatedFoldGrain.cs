using Fed.Contracts.Aggregation;
using Fed.Contracts.Storage;
using Fed.Folding;
using Orleans;
using Orleans.Concurrency;

namespace Fed.Simulation.Silo;

/// <summary>The real jobs, in this grain's turn in place of the thread pool.</summary>
[StatelessWorker]
public sealed class SimulatedFoldGrain(IBlobStore blobs) : Grain, IFoldWorkerGrain
{
    public Task<FoldResult> Fold(FoldRequest request) =>
        new FoldJob(blobs, request).RunAsync(CancellationToken.None);

    public Task<string> Splice(string first, string second) =>
        SpliceJob.RunAsync(blobs, first, second, CancellationToken.None);

    public Task<string> Mix(string globalModel, string ownModel, double specialisation) =>
        MixJob.RunAsync(blobs, globalModel, ownModel, specialisation, CancellationToken.None);
}

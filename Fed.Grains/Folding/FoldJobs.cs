using System.Collections.Concurrent;
using System.Text.Json;
using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Storage;
using Fed.Folding;
using Fed.Grains.Telemetry;
using Orleans;

namespace Fed.Grains.Folding;

/// <summary>
/// The folds of this silo, away from the aggregators' turns. No call of an actor waits for one, so that it may take as
/// long as it takes. Who asks for a fold that is under way joins it, another activation of the same aggregator for
/// example; when nobody waits for it any more it is cancelled. The same request gives the same blobs.
/// </summary>
public sealed class FoldJobs(IGrainFactory grains, IBlobStore blobs, FoldOptions options)
{
    private readonly ConcurrentDictionary<string, object> _jobs = new(StringComparer.Ordinal);

    /// <summary>A closed buffer's sums and, where wanted, the stepped model.</summary>
    /// <exception cref="InvalidDataException">An input is missing or damaged; nothing is written then.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<FoldResult> FoldAsync(FoldRequest request, CancellationToken cancellationToken) => JoinAsync(
        "fold " + JsonSerializer.Serialize(request, FedJson.Options),
        async stop =>
        {
            using var span = FedTraces.StartFold(request.Inputs.Count);
            var split = options.Workers > 1 ? new RangedFold(grains, blobs, request, options.Workers) : null;
            return await new FoldJob(blobs, request, split is null ? null : split.RunAsync).RunAsync(stop);
        },
        cancellationToken);

    /// <summary>(1-b) x global + b x own, element-wise; returns the SHA-256 of the mixed model.</summary>
    public Task<string> MixAsync(
        string globalModel, string ownModel, double specialisation, CancellationToken cancellationToken) => JoinAsync(
            $"mix {globalModel} {ownModel} {specialisation:R}",
            stop => MixJob.RunAsync(blobs, globalModel, ownModel, specialisation, stop),
            cancellationToken);

    /// <summary>How far a cluster's model is from the global one; null where that is zero.</summary>
    /// <exception cref="InvalidDataException">A model is missing or damaged.</exception>
    public Task<double?> CompareAsync(string globalModel, string ownModel, CancellationToken cancellationToken) =>
        JoinAsync(
            $"compare {globalModel} {ownModel}",
            stop => DivergenceJob.RunAsync(blobs, globalModel, ownModel, stop),
            cancellationToken);

    /// <summary>x of the first [x; c] and c of the second; returns the SHA-256 of the spliced model.</summary>
    public Task<string> SpliceAsync(string first, string second, CancellationToken cancellationToken) => JoinAsync(
        $"splice {first} {second}", stop => SpliceJob.RunAsync(blobs, first, second, stop), cancellationToken);

    private async Task<T> JoinAsync<T>(
        string key, Func<CancellationToken, Task<T>> run, CancellationToken cancellationToken)
    {
        Job<T> job;
        do
            job = (Job<T>)_jobs.GetOrAdd(key, _ => new Job<T>(run));
        while (!job.TryEnter(ended: () => _jobs.TryRemove(new KeyValuePair<string, object>(key, job))));
        try
        {
            return await job.Result.WaitAsync(cancellationToken);
        }
        finally
        {
            job.Leave();
        }
    }

    /// <summary>A job and how many wait for it. One that the last has left takes nobody in any more.</summary>
#pragma warning disable CA1001 // A source without timer and wait handle holds nothing to dispose of.
    private sealed class Job<T>(Func<CancellationToken, Task<T>> run)
#pragma warning restore CA1001
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Lock _lock = new();
        private Task<T>? _result;
        private Action? _ended;
        private int _waiting;
        private bool _left;

        public Task<T> Result => _result!;

        /// <returns>Whether it could be joined; else another is to be begun.</returns>
        public bool TryEnter(Action ended)
        {
            lock (_lock)
            {
                if (_left)
                    return false;
                _waiting++;
                _ended ??= ended;
                _result ??= Task.Run(() => run(_stop.Token));
                return true;
            }
        }

        public void Leave()
        {
            lock (_lock)
            {
                if (--_waiting > 0)
                    return;
                _left = true;
            }

            _ended!();
            _stop.Cancel();
        }
    }
}

/// <summary>How this silo's folds are spread.</summary>
/// <param name="Workers">
/// Grains that share a fold's blocks, 1 to 64. 1: the fold's own threads do it. More is worth it when models are large
/// and there are several silos, for the sums then travel through the blob store.
/// </param>
public sealed record FoldOptions(int Workers = 1)
{
    public const int MostWorkers = 64;

    /// <exception cref="ArgumentException">Out of range.</exception>
    public FoldOptions Validate() => Workers is >= 1 and <= MostWorkers
        ? this
        : throw new ArgumentException(
            $"foldWorkers is {Workers}; it must be 1 to {MostWorkers}: 1 folds on this silo's own threads");
}

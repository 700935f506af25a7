using System.Collections.Immutable;
using Fed.Contracts.Collection;
using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Fed.Contracts.Storage;
using Fed.Contracts.Versions;
using Fed.Grains.Versions;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Fed.Grains.Collection;

/// <summary>
/// Removes the blobs that no federation needs. Federations share blobs of equal content, so all are asked, and any that
/// cannot be read stops it before anything is removed. They go on meanwhile: what is committed after it began is young,
/// and stays.
/// </summary>
public sealed class BlobCollector(
    IGrainFactory grains, ManifestStore manifests, IBlobStore blobs, TimeProvider time, ILogger<BlobCollector> logger)
    : IDisposable
{
    private const int MostKept = 1_000_000;
    private const int MostGraceMinutes = 7 * 24 * 60;

    private readonly SemaphoreSlim _turn = new(1);

    /// <exception cref="RefusedException">The request is out of its bounds or names no federation, or a manifest is
    /// missing or damaged; nothing was removed.</exception>
    public async Task<CollectionReport> RunAsync(CollectionRequest request, CancellationToken cancellationToken)
    {
        Require("keep", request.Keep ?? 1, 1, MostKept);
        Require("graceMinutes", request.GraceMinutes, 1, MostGraceMinutes);
        return await RunAsync(request, TimeSpan.FromMinutes(request.GraceMinutes), cancellationToken);
    }

    /// <param name="grace">In place of the request's.</param>
    internal async Task<CollectionReport> RunAsync(
        CollectionRequest request, TimeSpan grace, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var before = time.GetUtcNow() - grace;
            var floors = new Dictionary<string, IReadOnlyDictionary<string, long>>(StringComparer.Ordinal);
            var needed = new NeededBlobs(grains, manifests);
            foreach (var name in await ListAsync(request.Federation))
            {
                if (await AddAsync(needed, name, request, cancellationToken) is { } kept)
                    floors[name] = kept;
            }

            var report = await SweepAsync(needed, before, request.DryRun, cancellationToken);
            Log.BlobsCollected(
                logger,
                report.Removed.Blobs,
                report.Removed.Bytes,
                report.Needed.Blobs,
                report.Young.Blobs,
                report.DryRun);
            return report with { Floors = floors };
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<IReadOnlyList<string>> ListAsync(string? required)
    {
        var names = await grains.GetGrain<IFederationIndexGrain>(IFederationIndexGrain.Key).List();
        return required is null || names.Contains(required)
            ? names
            : throw new RefusedException(
                RefusalCode.UnknownFederation,
                "there is no such federation",
                "name one that GET /v1/federations lists, or none for all");
    }

    private async Task<ImmutableDictionary<string, long>> RaiseAsync(string federation, CollectionRequest request)
    {
        var order = request.Keep is { } keep && (request.Federation ?? federation) == federation
            ? new RetentionRequest(keep, request.By, request.Reason, request.DryRun)
            : null;
        return (await grains.GetGrain<IModelRegistryGrain>(federation).Retain(order)).Floors;
    }

    /// <returns>The federation's floors; null when there is none of this name: its creation failed, or is under way, and
    /// what that has written is young.</returns>
    private async Task<IReadOnlyDictionary<string, long>?> AddAsync(
        NeededBlobs needed, string name, CollectionRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var federation = await grains.GetGrain<IFederationGrain>(name).Describe();
            var floors = await RaiseAsync(name, request);
            await needed.AddAsync(federation, floors, cancellationToken);
            return floors;
        }
        catch (RefusedException refused) when (refused.Code == RefusalCode.UnknownFederation)
        {
            return null;
        }
        catch (InvalidDataException damaged)
        {
            throw new RefusedException(
                RefusalCode.StorageDamaged,
                $"'{name}' cannot tell what it needs: {damaged.Message}; nothing was removed",
                "restore that blob from a backup; 'fed audit verify' names all that are missing or damaged");
        }
    }

    private async Task<CollectionReport> SweepAsync(
        NeededBlobs needed, DateTimeOffset before, bool dryRun, CancellationToken cancellationToken)
    {
        BlobTotal kept = default, young = default, removed = default;
        await foreach (var blob in blobs.ListAsync(cancellationToken))
        {
            if (needed.Contains(blob.Sha256))
                kept = kept.Plus(blob.Bytes);
            else if (blob.Modified < before
                && (dryRun || await blobs.RemoveAsync(blob.Sha256, before, cancellationToken)))
                removed = removed.Plus(blob.Bytes);
            else
                young = young.Plus(blob.Bytes);
        }

        return new CollectionReport(
            new Dictionary<string, IReadOnlyDictionary<string, long>>(), kept, young, removed, dryRun);
    }

    private static void Require(string name, int value, int least, int most)
    {
        if (value < least || value > most)
        {
            throw new RefusedException(
                RefusalCode.InvalidRequest, $"{name} is {value}", $"give {least} to {most}");
        }
    }
}

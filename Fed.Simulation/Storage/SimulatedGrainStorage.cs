using Fed.Embedded.Serialization;
using Fed.Embedded.Storage;
using Fed.Simulation.Engine;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Fed.Simulation.Storage;

/// <summary>
/// One process' way to the disk: a write takes effect at one moment and is acknowledged at a later one; a crash may
/// fall before, between or after.
/// </summary>
internal sealed class SimulatedGrainStorage(
    EventQueue events, SimulatedDisk disk, FaultPlan faults, StorageDefect defect, Func<bool> isAlive) : IGrainStorage
{
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var (state, etag) = await SubmitAsync("read", () =>
            (disk.Read<T>(stateName, grainId.ToString()), disk.ETagOf(stateName, grainId)));
        grainState.State = etag is null ? StateActivator.Create<T>() : state;
        grainState.ETag = etag;
        grainState.RecordExists = etag is not null;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var frozen = disk.Freeze((T)defect.Damage(grainState.State!));
        grainState.ETag = await ReplaceAsync("write", stateName, grainId, grainState.ETag, frozen);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        grainState.ETag = await ReplaceAsync("clear", stateName, grainId, grainState.ETag, frozen: null);
        grainState.RecordExists = false;
        grainState.State = StateActivator.Create<T>();
    }

    private Task<string?> ReplaceAsync(string operation, string stateName, GrainId grainId, string? held, object? frozen) =>
        SubmitAsync(operation, () =>
        {
            var stored = disk.ETagOf(stateName, grainId);
            return stored == held
                ? disk.Write(stateName, grainId, frozen, events.Now)
                : throw StorageConflict.Create("simulated", stateName, grainId, stored, held);
        });

    private Task<T> SubmitAsync<T>(string operation, Func<T> apply)
    {
        var done = new TaskCompletionSource<T>();
        var fails = faults.StorageFails();
        var lost = !fails && faults.AcknowledgementLost();
        events.After(faults.Latency(), operation, () =>
        {
            if (!isAlive())
                return;
            T result = default!;
            Exception? error = null;
            try
            {
                result = fails ? throw new IOException("the disk failed (simulated)") : apply();
                error = lost ? new IOException("the disk has not answered (simulated)") : null;
            }
            catch (Exception failure) when (failure is IOException or InconsistentStateException)
            {
                error = failure;
            }

            if (error is not null)
                events.Trace.Note($"{operation}: {error.Message}");
            events.After(faults.Latency(), "acknowledge", () => Acknowledge(done, result, error));
        });
        return done.Task;
    }

    private void Acknowledge<T>(TaskCompletionSource<T> done, T result, Exception? error)
    {
        if (!isAlive())
            return;
        if (error is null)
            done.SetResult(result);
        else
            done.SetException(error);
    }
}

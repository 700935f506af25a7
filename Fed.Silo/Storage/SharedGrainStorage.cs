using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Fed.Silo.Storage;

/// <summary>
/// State in a server that all silos share, by a provider of Orleans. What that fails with is told as storage that is
/// away, also to a caller on another silo; a write that was raced stays one.
/// </summary>
internal sealed class SharedGrainStorage(IGrainStorage inner) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        TellAsync("read", stateName, grainId, inner.ReadStateAsync(stateName, grainId, grainState));

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        TellAsync("written", stateName, grainId, inner.WriteStateAsync(stateName, grainId, grainState));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        TellAsync("cleared", stateName, grainId, inner.ClearStateAsync(stateName, grainId, grainState));

    private static async Task TellAsync(string verb, string stateName, GrainId grainId, Task call)
    {
        try
        {
            await call;
        }
        catch (Exception error) when (error is not InconsistentStateException)
        {
            throw new StorageUnavailableException(
                $"state '{stateName}' of {grainId} cannot be {verb}: {error.Message}", error);
        }
    }
}

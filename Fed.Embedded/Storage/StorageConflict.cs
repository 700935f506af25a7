using Orleans.Runtime;
using Orleans.Storage;

namespace Fed.Embedded.Storage;

/// <summary>The error for an ETag that is not the one in storage.</summary>
internal static class StorageConflict
{
    public static InconsistentStateException Create(
        string storage, string stateName, GrainId grainId, string? stored, string? current) => new(
        $"State '{stateName}' of {grainId} in storage '{storage}' has ETag {stored ?? "(none)"}, but its writer holds "
        + $"{current ?? "(none)"}: another activation or process wrote it. Read it again, then retry.",
        stored, current);
}

using Orleans.Runtime;

namespace Fed.Silo.Storage.Sqlite;

/// <summary>One conditional write that waits for its transaction.</summary>
/// <param name="StateName">The state's name.</param>
/// <param name="GrainId">The grain.</param>
/// <param name="ETag">The ETag that storage must hold; null where it must hold no record.</param>
/// <param name="Json">What to store; null to delete.</param>
internal sealed record SqliteWrite(string StateName, GrainId GrainId, string? ETag, byte[]? Json)
{
    public TaskCompletionSource<SqliteOutcome> Answer { get; } =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>How a write went.</summary>
/// <param name="Applied">Whether the ETag matched.</param>
/// <param name="ETag">The ETag now in storage; null for no record.</param>
internal readonly record struct SqliteOutcome(bool Applied, string? ETag);

/// <summary>A stored state.</summary>
internal sealed record SqliteRow(byte[] Json, string ETag);

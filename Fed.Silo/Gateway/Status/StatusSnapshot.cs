namespace Fed.Silo.Gateway.Status;

/// <summary>One state of a federation as it was published, and the promise of the next.</summary>
/// <param name="json">Null before the first look.</param>
internal sealed class StatusSnapshot(string? json)
{
    private readonly TaskCompletionSource<StatusSnapshot> _next =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string? Json { get; } = json;

    /// <summary>Completes when something newer is published.</summary>
    public Task<StatusSnapshot> Next => _next.Task;

    public void Supersede(StatusSnapshot newer) => _next.SetResult(newer);
}

namespace Fed.Embedded.State;

/// <summary>A read, write or clear that runs or waits.</summary>
internal sealed class StateOperation(string name, CancellationToken token)
{
    public string Name { get; } = name;

    public CancellationToken Token { get; } = token;

    public bool Started { get; set; }

    public Task Task { get; set; } = Task.CompletedTask;
}

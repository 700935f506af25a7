using Fed.Client.Children;

namespace Fed.Cli.Chaos;

/// <summary>A process from its start to its end.</summary>
/// <param name="Ready">Where it serves, for a silo; completed from the start for others.</param>
internal sealed record Life(ChildProcess Process, Recovery Recovery, Task Ready)
{
    /// <summary>The life after this one; null when the process has ended as it should.</summary>
    public TaskCompletionSource<Life?> Next { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

namespace Fed.Simulation;

/// <summary>The background work of a shell: one run at a time, again when asked meanwhile, and after a failure.</summary>
internal sealed class Work(World world, Life life, string name, Func<Task> work)
{
    private bool _asked;
    private bool _running;

    public void Ask()
    {
        _asked = true;
        if (!_running && life.IsAlive)
            _ = RunAsync();
    }

    private async Task RunAsync()
    {
        _running = true;
        Task? run = null;
        while (_asked && run is not { IsFaulted: true })
        {
            _asked = false;
            run = work();
            await run.End();
        }

        // As in an actor: whatever failed is tried again.
        if (run?.Exception?.InnerException is { } error)
        {
            world.Note($"{name} failed: {error.Message}");
            world.At(TimeSpan.FromSeconds(1), Ask);
        }

        _running = false;
    }
}

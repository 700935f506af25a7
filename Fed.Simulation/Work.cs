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
        try
        {
            while (_asked)
            {
                _asked = false;
                await work();
            }
        }
#pragma warning disable CA1031 // As in an actor: whatever failed is tried again.
        catch (Exception error)
#pragma warning restore CA1031
        {
            world.Note($"{name} failed: {error.Message}");
            world.At(TimeSpan.FromSeconds(1), Ask);
        }
        finally
        {
            _running = false;
        }
    }
}

using System.Text.Json.Nodes;

namespace Fed.Tests.Silo;

/// <summary>One silo for all tests of a class; each test gets a federation of its own.</summary>
public sealed class SharedSilo : IAsyncLifetime
{
    private int _federations;

    internal TestSilo Silo { get; private set; } = null!;

    public async Task InitializeAsync() => Silo = await TestSilo.StartAsync();

    public async Task DisposeAsync() => await Silo.DisposeAsync();

    internal string NewName() => $"f{Interlocked.Increment(ref _federations)}";

    internal async Task<TestFederation> CreateAsync(Action<JsonObject>? change = null)
    {
        var settings = TestSilo.Settings(NewName());
        // Another initial model, so that no two tests send the same bytes.
        settings["seed"] = _federations;
        change?.Invoke(settings);
        return await TestFederation.CreateAsync(Silo, settings);
    }
}

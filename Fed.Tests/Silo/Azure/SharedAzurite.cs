namespace Fed.Tests.Silo.Azure;

/// <summary>One Azurite for all tests of the collection; each test has a container of its own.</summary>
public sealed class SharedAzurite : IAsyncLifetime
{
    internal AzuriteProcess Process { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (AzuriteProcess.Installation is not null)
            Process = await AzuriteProcess.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (Process is not null)
            await Process.DisposeAsync();
    }

    internal static string NewContainer() => $"t{Guid.NewGuid():N}";
}

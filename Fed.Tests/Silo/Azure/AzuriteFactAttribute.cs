namespace Fed.Tests.Silo.Azure;

/// <summary>
/// A test against a real Azurite: skipped, and shown as skipped, where that is not installed. <c>./fed test</c>
/// installs it where it may.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AzuriteFactAttribute : FactAttribute
{
    public AzuriteFactAttribute()
    {
        if (AzuriteProcess.Installation is null)
            Skip = "Azurite is not installed (./fed test installs it where Node.js and npm are)";
    }
}

namespace Fed.Tests.Silo.Page;

/// <summary>
/// A test in a real browser: skipped, and shown as skipped, where Chromium is not installed. <c>./fed test</c> installs
/// it where it may.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute() => Skip = ChromiumProcess.WhyMissing;
}

/// <summary>Likewise one that lets axe look at the page.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AxeFactAttribute : FactAttribute
{
    public AxeFactAttribute() => Skip = ChromiumProcess.WhyMissing ?? Axe.WhyMissing;
}

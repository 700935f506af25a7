using Fed.Client;

namespace Fed.Tests.Deploy;

/// <summary>
/// A test that makes an image and runs it: skipped, and shown as skipped, where this process may not mount, or the
/// registry is not installed.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ImageFactAttribute : FactAttribute
{
    private static readonly string[] s_programs = [ImageRegistry.Program, "flock", "unshare", "chroot", "ip", "bash"];

    public ImageFactAttribute() => Skip = !Environment.IsPrivilegedProcess
        ? "an image cannot be run here: run as root to see this test"
        : Array.Find(s_programs, program => Programs.FindOnPath(program) is null) is { } missing
            ? $"{missing} is not installed (./fed test installs what it may)"
            : null;
}

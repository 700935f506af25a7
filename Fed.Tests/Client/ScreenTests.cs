using Fed.Client;
using Fed.Tests.Client.Chaos;
using Fed.Tests.MediaQc;

namespace Fed.Tests.Client;

/// <summary>What goes into a pipe is text.</summary>
public sealed class ScreenTests
{
    [Fact]
    public async Task DataShow_IntoAPipe_HasNoControlCodes()
    {
        var folder = Path.Combine(Repository.Root, "data", "media-qc");
        var terminal = new Dictionary<string, string?> { ["TERM"] = "xterm-256color", ["COLORTERM"] = "truecolor" };

        var (code, output, error) = await FedProcess.RunAsync(terminal, "data", "show", folder);

        Assert.Equal((ExitCode.Success, ""), (code, error));
        Assert.Contains("every checksum is right", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', output);
    }
}

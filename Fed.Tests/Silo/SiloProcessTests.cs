using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Fed.Client;
using Fed.Tests.Client.Chaos;

namespace Fed.Tests.Silo;

/// <summary>The command line, as a process of its own.</summary>
public sealed partial class SiloProcessTests : IDisposable
{
    private const int SigTerm = 15;

    private readonly string _folder = Directory.CreateTempSubdirectory("fed-silo-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Silo_ToldToStop_AnswersUntilThenAndEndsInOrder()
    {
        var file = Path.Combine(_folder, "federation.json");
        await File.WriteAllTextAsync(file, TestSilo.Settings().ToJsonString());
        using var process = Start("--port", "0", "--data-dir", Path.Combine(_folder, "data"), "--federation", file);
        var ready = (await process.StandardOutput.ReadLineAsync())!;
        Assert.StartsWith("ready http://127.0.0.1:", ready, StringComparison.Ordinal);
        using var client = new HttpClient { BaseAddress = new Uri(ready["ready ".Length..]) };
        Assert.Equal($"[\"{TestSilo.Federation}\"]", await client.GetStringAsync("/v1/federations"));

        Stop(process);

        Assert.Equal("", await process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.Equal(ExitCode.Success, process.ExitCode);
    }

    [Fact]
    public async Task Silo_OnAPortThatIsTaken_SaysWhichOptionToChange()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var (code, error) = await RunAsync("--memory", "--port", port.ToString());

        Assert.Equal(ExitCode.PortTaken, code);
        Assert.Contains($"127.0.0.1:{port}", error, StringComparison.Ordinal);
        Assert.Contains("--port", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silo_AskedForHelp_NamesTheCommandThatPeopleType()
    {
        using var process = Start("--help");

        var help = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(ExitCode.Success, process.ExitCode);
        Assert.Contains("  fed silo [options]", help, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--nonsense", "1", "--nonsense")]
    [InlineData("--port", "many", "--port")]
    [InlineData("--port", "70000", "port is 70000")]
    [InlineData("--listen", "everywhere", "--listen")]
    [InlineData("--listen", "192.0.2.1", "--listen is '192.0.2.1', which is no address of this machine")]
    [InlineData("--federation", "/nowhere/f.json", "/nowhere/f.json")]
    public async Task Silo_WithAWrongOption_NamesIt(string option, string value, string said)
    {
        var (code, error) = await RunAsync("--memory", option, value);

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(said, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mode", "sometimes", "$.mode")]
    [InlineData("codec", "zip", "zip")]
    [InlineData("name", "Not A Name", "Not A Name")]
    public async Task Silo_WithAWrongFederationFile_NamesFileAndProperty(string property, string value, string said)
    {
        var settings = TestSilo.Settings();
        settings[property] = value;
        var file = Path.Combine(_folder, "federation.json");
        await File.WriteAllTextAsync(file, settings.ToJsonString());

        var (code, error) = await RunAsync("--memory", "--port", "0", "--federation", file);

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(file, error, StringComparison.Ordinal);
        Assert.Contains(said, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silo_WithAFileOfAModelThatCannotBe_SaysSoInALine()
    {
        var settings = TestSilo.Settings();
        settings["model"]!["layers"] = new JsonArray();
        var file = Path.Combine(_folder, "federation.json");
        await File.WriteAllTextAsync(file, settings.ToJsonString());

        var (code, error) = await RunAsync("--memory", "--port", "0", "--federation", file);

        Assert.Equal(ExitCode.Usage, code);
        Assert.StartsWith($"fed silo: federation file {file}: model: ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Silo_OnAFolderInUse_IsRefused()
    {
        await using var silo = await TestSilo.StartAsync(_folder);

        var (code, error) = await RunAsync("--port", "0", "--data-dir", _folder);

        Assert.Equal(ExitCode.DataFolder, code);
        Assert.Contains(
            $"the folder '{_folder}' is in use by another process; stop that silo, or choose another folder with "
            + "--data-dir",
            error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silo_OnBlobsOfASiloThatSharesNothing_IsRefused()
    {
        await using var silo = await TestSilo.StartAsync(_folder);

        var (code, error) = await RunAsync("--memory", "--port", "0", "--blobs", silo.Options.Blobs.Root);

        Assert.Equal(ExitCode.DataFolder, code);
        Assert.Contains($"the folder '{silo.Options.Blobs.Root}' is in use", error, StringComparison.Ordinal);
        Assert.Contains("--blobs", error, StringComparison.Ordinal);
    }

    private static Task<(int Code, string Error)> RunAsync(params string[] arguments) => RunAsync([], arguments);

    internal static async Task<(int Code, string Error)> RunAsync(
        Dictionary<string, string> environment, params string[] arguments)
    {
        using var process = Start(environment, arguments);
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await error);
    }

    /// <summary>SIGTERM.</summary>
    internal static void Stop(Process process) => Assert.Equal(0, Kill(process.Id, SigTerm));

    private static Process Start(params string[] arguments) => Start([], arguments);

    internal static Process Start(Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [FedProcess.Program, "silo", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}

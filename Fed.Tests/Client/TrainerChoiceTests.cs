using System.Diagnostics;
using System.Text.Json;
using Fed.Cli;
using Fed.Client;
using Fed.Client.Agent;
using Fed.Tests.Client.Chaos;
using Fed.Training;

namespace Fed.Tests.Client;

/// <summary>Trainers as a participant meets them: in a federation, on the command line, and where libtorch is away.</summary>
public sealed class TrainerChoiceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-trainer-choice-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Federation_WithAParticipantOfEitherKind_FinishesWithContributionsOfBoth()
    {
        // The cohort of h264 is both: no version without either.
        var settings = ClientSilo.Settings(targetVersions: 3);
        await using var silo = await ClientSilo.StartAsync(
            settings with { ClusterTier = settings.ClusterTier with { Goal = 2 } });
        using var torch = new AgentHarness("a", "h264") { Trainer = TrainerKind.Torch };
        using var managed = new AgentHarness("b", "h264") { Trainer = TrainerKind.Managed };

        await Task.WhenAll(torch.RunAsync(silo.Address), managed.RunAsync(silo.Address));

        foreach (var agent in new[] { torch, managed })
        {
            Assert.Contains(agent.Events, line => line.Event == AgentEventKind.Accepted);
            Assert.Equal(AgentEventKind.Finished, agent.Events.Last().Event);
        }
    }

    [Theory]
    [InlineData("demo")]
    [InlineData("join", "--server", "http://h", "--federation", "f", "--participant", "p", "--cluster", "c", "--data", "d")]
    [InlineData("doctor")]
    public void Trainer_NameThatIsNone_NamesThoseThatAre(params string[] command)
    {
        var parsed = CommandLine.Create().Parse([.. command, "--trainer", "tensorflow"]);

        var message = Assert.Single(parsed.Errors).Message;
        Assert.All(["auto", "torch", "managed"], name => Assert.Contains(name, message, StringComparison.Ordinal));
        Assert.Empty(CommandLine.Create().Parse([.. command, "--trainer", "torch"]).Errors);
    }

    [Theory]
    [InlineData("demo")]
    [InlineData(
        "join", "--server", "http://127.0.0.1:1", "--federation", "f", "--participant", "p", "--cluster", "c", "--data",
        "d")]
    public async Task Torch_WithoutLibtorch_FailsAtOnceAndSaysWhatHelps(params string[] command)
    {
        var (code, _, errors) = await RunAsync([.. command, "--trainer", "torch"]);

        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains("libtorch is not whole", errors, StringComparison.Ordinal);
        Assert.Contains("FED_LIBTORCH", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auto", ExitCode.Failure)]
    [InlineData("managed", ExitCode.Success)]
    public async Task Doctor_WithoutLibtorch_FailsUnlessTheManagedTrainerIsToDo(string trainer, int expected)
    {
        var (code, output, _) = await RunAsync(["doctor", "--json", "--trainer", trainer, "--state", _folder]);

        Assert.Equal(expected, code);
        using var diagnosis = JsonDocument.Parse(output);
        Assert.Equal(expected == ExitCode.Success, diagnosis.RootElement.GetProperty("healthy").GetBoolean());
        Assert.Equal(JsonValueKind.Null, diagnosis.RootElement.GetProperty("libtorch").ValueKind);
    }

    [Fact]
    public void Doctor_OnThisMachine_FindsAllThatIsNeeded()
    {
        var state = Path.Combine(_folder, "state");
        using var output = new StringWriter();

        var code = CommandLine.Create().Parse(["doctor", "--state", state]).Invoke(new() { Output = output });

        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("libstdc++", output.ToString(), StringComparison.Ordinal);
        Assert.Contains($"{state} is writable", output.ToString(), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(state));
    }

    [Fact]
    public void Doctor_StateFolderThatCannotBe_FailsAndSaysWhy()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        using var output = new StringWriter();

        var code = CommandLine.Create().Parse(["doctor", "--state", file]).Invoke(new() { Output = output });

        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains("is not writable", output.ToString(), StringComparison.Ordinal);
    }

    /// <summary>The program as a process that looks for libtorch in an empty folder.</summary>
    private async Task<(int Code, string Output, string Errors)> RunAsync(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [FedProcess.Program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
            Environment = { ["FED_LIBTORCH"] = _folder },
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await errors);
    }
}

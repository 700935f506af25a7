using System.Diagnostics;
using Fed.Cli;
using Fed.Cli.Commands;
using Fed.Client;
using Fed.Contracts.Federations;
using Fed.Tests.Client.Chaos;
using Fed.Training;

namespace Fed.Tests.Client;

/// <summary>What a person is told when a command fails.</summary>
public sealed class FailuresTests
{
    private static readonly TrainingDivergedException Diverged =
        new("the loss", 0, 3, new TrainingSettings { LearningRate = 9 });

    [Fact]
    public void Explain_TrainingDiverged_IsOneLineAndAFailure()
    {
        var (code, message) = Failures.Explain(Diverged);

        Assert.Equal(ExitCode.Failure, code);
        Assert.Equal(Diverged.Message, message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Explain_SeveralFailuresAtOnce_TellsTheFirst()
    {
        var several = Assert.Throws<AggregateException>(
            () => Parallel.For(0, 1, _ => throw Diverged));

        Assert.Equal((ExitCode.Failure, Diverged.Message), Failures.Explain(several));
    }

    [Fact]
    public async Task Output_ToADeviceThatIsFull_IsOneLineAndAFailure()
    {
        var start = new ProcessStartInfo("sh", ["-c", $"dotnet '{FedProcess.Program}' metrics > /dev/full"])
        {
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;

        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(ExitCode.DataFolder, process.ExitCode);
        Assert.StartsWith("fed metrics: a file could not be read or written: ", errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Data_OfAFolderThatIsNone_EndsAsForEveryCommand()
    {
        var (code, _, errors) = await FedProcess.RunAsync([], "data", "show", Repository.PathOf("docs"));

        Assert.Equal(ExitCode.DataFolder, code);
        Assert.StartsWith("fed data show: ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_FederationWhoseSettingsDiverge_EndsWithAFailure()
    {
        var settings = ClientSilo.Settings();
        await using var silo = await ClientSilo.StartAsync(
            settings with { Training = new TrainingPolicy { BatchSize = 4, LearningRate = 1e300 } });
        using var agent = new AgentHarness("a", "h264");

        var code = await CommandLine.RunAsync(
        [
            "join", "--json", "--server", silo.Address.ToString(), "--participant", "a", "--data", agent.Data,
            "--state", agent.State, "--federation", ClientSilo.Federation, "--cluster", "h264",
        ]);

        Assert.Equal(ExitCode.Failure, code);
    }
}

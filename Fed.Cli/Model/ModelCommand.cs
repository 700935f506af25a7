using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Fed.Cli.Commands;
using Fed.Client;
using Fed.Client.Agent;
using Fed.Client.Models;
using Fed.Contracts;
using Fed.Core.Models;
using Fed.MediaQc.Learned;
using Fed.Training;
using Spectre.Console;

namespace Fed.Cli.Model;

/// <summary><c>fed model</c>: models out of the federation's own format, for scanning and for other tools.</summary>
internal static class ModelCommand
{
    public static Command Create() => new(
        "model",
        "Write models as ONNX files, tune them to a house, cut extractors out of them, and show what such a file is")
    {
        ExportCommand.Create(),
        TuneCommand.Create(),
        ExtractorCommand.Create(),
        ShowModelCommand.Create(),
    };
}

/// <summary><c>fed model export</c>.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var command = new Command(
            "export",
            "Write a version as an ONNX file: 'fed qc scan --model' runs it, and so do ONNX Runtime and other tools; "
            + "or its whole vector as safetensors");
        ModelSource.AddTo(command);
        OnnxOutput.AddTo(command);
        command.SetAction((parsed, cancel) => Failures.ReportAsync("fed model export", async () =>
        {
            OnnxOutput.Require(parsed);
            OnnxOutput.Write(parsed, await ModelSource.ReadAsync(parsed, cancel));
            return ExitCode.Success;
        }, cancel));
        return command;
    }
}

/// <summary><c>fed model tune</c>.</summary>
internal static class TuneCommand
{
    private static readonly Option<string> Own = new("--own")
    {
        Description = "The house's own folder, as 'fed join --data' takes it (train.fqc, validation.fqc)",
        Required = true,
    };

    private static readonly Option<int> Passes = new("--passes")
    {
        Description = "Passes over the house's samples, 1 to 1000",
        DefaultValueFactory = _ => PersonalModel.UsualPasses,
    };

    private static readonly Option<double?> Rate = new("--rate")
    {
        Description = "Learning rate, above 0 (default: a tenth of the federation's)",
    };

    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "Of the order of samples, 0 or more",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<TrainerKind> Trainer = TrainerOption.Create();

    static TuneCommand()
    {
        Passes.Within(1, 1000, "--passes must be 1 to 1000");
        Rate.Within(double.Epsilon, double.MaxValue, "--rate must be a finite number above 0");
        Seed.Within(0, int.MaxValue, "--seed must be 0 or more");
    }

    public static Command Create()
    {
        var command = new Command(
            "tune",
            "Train a version further on a house's own samples, for its own files alone. Nothing is sent anywhere, and "
            + "nothing is written unless it is better on the house's validation samples")
        {
            Own, Passes, Rate, Seed, Trainer,
        };
        ModelSource.AddTo(command);
        OnnxOutput.AddTo(command);
        command.SetAction((parsed, cancel) => Failures.ReportAsync("fed model tune", async () =>
        {
            OnnxOutput.Require(parsed);
            var version = await ModelSource.ReadAsync(parsed, cancel);
            var settings = version.Training with
            {
                Epochs = parsed.GetValue(Passes),
                LearningRate = parsed.GetValue(Rate) ?? PersonalModel.UsualRate * version.Training.LearningRate,
                ProximalMu = 0,
                Seed = parsed.GetValue(Seed),
            };
            var personal = PersonalModel.Tune(
                version, parsed.GetValue(Own)!, settings, parsed.GetValue(Trainer), cancel);
            var change = string.Create(
                CultureInfo.InvariantCulture,
                $"right in {100 * personal.Before.Accuracy:0.0} % of the house's {personal.Before.Examples} validation "
                + $"samples before, in {100 * personal.After.Accuracy:0.0} % now");
            if (personal.After.Correct <= personal.Before.Correct)
            {
                throw new AgentException(
                    ExitCode.Failure,
                    $"{change}: the federation's model serves this house as well, and nothing was written; another "
                    + "--rate or --passes may do better");
            }

            OnnxOutput.Write(parsed, personal.Tuned);
            if (!parsed.GetValue(ShowModelCommand.Json))
                parsed.InvocationConfiguration.Output.WriteLine(change);
            return ExitCode.Success;
        }, cancel));
        return command;
    }
}

/// <summary>The ONNX file that a command writes, and what it says of it.</summary>
internal static class OnnxOutput
{
    private static readonly Option<string> Out = new("--out")
    {
        Description = "File to write: .onnx, or .safetensors for the parameters of all layers alone",
        Required = true,
    };

    public static void AddTo(Command command)
    {
        command.Options.Add(Out);
        command.Options.Add(ShowModelCommand.Json);
        command.Validators.Add(result =>
        {
            if (result.GetValue(Out) is { } file && !IsOnnx(file)
                && !file.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
            {
                result.AddError($"--out names '{file}'; it must end with .onnx or .safetensors");
            }
        });
    }

    /// <summary>Before anything is made that could then not be written.</summary>
    /// <exception cref="AgentException">There can be no such file.</exception>
    public static void Require(ParseResult parsed) => OutputFile.RequireWritable(parsed.GetValue(Out)!, "--out");

    public static void Write(ParseResult parsed, VersionModel version)
    {
        var (file, onnx) = (parsed.GetValue(Out)!, version.ToOnnx());
        // What could not be opened again must not be handed out.
        using var model = LearnedModel.Of(onnx, file);
        DurableFile.Write(file, stream =>
        {
            if (IsOnnx(file))
                stream.Write(onnx);
            else
                Safetensors.Write(stream, version.Model.Layout, version.Parameters);
        });
        var sha256 = ExtractorFiles.HashOf(file);
        parsed.InvocationConfiguration.Output.WriteLine(
            parsed.GetValue(ShowModelCommand.Json)
                ? ShowModelCommand.AsJson(model, sha256)
                : Line(file, model, sha256));
    }

    private static bool IsOnnx(string file) => file.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);

    private static string Line(string file, LearnedModel model, string sha256) => PlainText.Of(
        $"{file}: {model.Card.Task}, {model.Card.Classes.Count} classes"
        + (model.Card.Version is { } version ? $", version {version} of {model.Card.Federation}" : "")
        + (model.Card.Extractor is { } extractor ? $", extractor {extractor}" : "")
        + (model.Card.Tuned is { } tuned ? $", tuned: {tuned}" : "")
        + $", SHA-256 {sha256}");
}

/// <summary><c>fed model show FILE</c>.</summary>
internal static class ShowModelCommand
{
    public static Option<bool> Json { get; } = new("--json") { Description = "Print what the file says as JSON" };

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "ONNX file that 'fed model export' has written" };
        var command = new Command("show", "Show what a model is of: task, classes, features, federation and version")
        {
            file, Json,
        };
        command.SetAction((parsed, cancel) => Failures.ReportAsync("fed model show", () =>
        {
            using var model = LearnedModel.Open(parsed.GetValue(file)!);
            if (parsed.GetValue(Json))
                parsed.InvocationConfiguration.Output.WriteLine(AsJson(model, model.Sha256));
            else
                Print(model);
            return Task.FromResult(ExitCode.Success);
        }, cancel));
        return command;
    }

    /// <param name="sha256">Of the file that it was read from, or written to.</param>
    public static string AsJson(LearnedModel model, string sha256) =>
        JsonSerializer.Serialize(new { model.Card, model.InputShape, sha256 }, FedJson.Indented);

    private static void Print(LearnedModel model)
    {
        var table = new Table().HideHeaders().AddColumn("").AddColumn("");
        Row("task", model.Card.Task);
        Row("classes", string.Join(", ", model.Card.Classes));
        Row("features", model.Card.Features);
        Row("input", string.Join(" x ", model.InputShape));
        Row("federation", model.Card.Federation ?? "not said");
        Row("version", model.Card.Version is { } version ? $"{version}" : "not said");
        Row("version's SHA-256", model.Card.VersionSha256 ?? "not said");
        Row("extractor's SHA-256", model.Card.Extractor ?? "none, or not said");
        Row("tuned", model.Card.Tuned ?? "no");
        Row("file's SHA-256", model.Sha256);
        Screen.Create().Write(table);

        void Row(string name, string value) => table.AddRow(name, Markup.Escape(PlainText.Of(value)));
    }
}

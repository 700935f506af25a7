using System.CommandLine;
using System.Text.Json;
using Fed.Cli.Admin;
using Fed.Cli.Commands;
using Fed.Client;
using Fed.Client.Agent;
using Fed.Client.Models;
using Fed.Client.Protocol;
using Fed.Contracts;
using Fed.Contracts.Versions;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Learned;
using Fed.Training;
using Spectre.Console;

namespace Fed.Cli.Model;

/// <summary><c>fed model</c>: models out of the federation's own format, for scanning and for other tools.</summary>
internal static class ModelCommand
{
    public static Command Create() => new("model", "Write models as ONNX files, and show what such a file is")
    {
        ExportCommand.Create(),
        ShowModelCommand.Create(),
    };
}

/// <summary><c>fed model export</c>.</summary>
internal static class ExportCommand
{
    private static readonly Option<string?> Federation = new("--federation")
    {
        Description = "Address of a federation, such as https://fed.example/codecs: its stable version is written",
    };

    private static readonly Option<long?> Version = new("--version")
    {
        Description = "Global version of the federation instead of the stable one",
    };

    private static readonly Option<string?> Weights = new("--weights")
    {
        Description = "A version's safetensors file instead; needs --data",
    };

    private static readonly Option<string?> Data = new("--data")
    {
        Description = "Data folder of the task whose model the weights are of (task.json, model.json)",
    };

    private static readonly Option<string> Out = new("--out")
    {
        Description = "ONNX file to write",
        Required = true,
    };

    public static Command Create()
    {
        var command = new Command(
            "export",
            "Write a version as an ONNX file: 'fed qc scan --model' runs it, and so do ONNX Runtime and other tools")
        {
            Federation, Version, Weights, Data, Out, ShowModelCommand.Json,
        };
        command.Validators.Add(result =>
        {
            var (federation, weights) = (result.GetValue(Federation), result.GetValue(Weights));
            if ((federation is null) == (weights is null))
                result.AddError("give --federation, or --weights with --data");
            if (weights is not null && result.GetValue(Data) is null)
                result.AddError("--weights needs --data: the folder whose task.json and model.json say what they are");
            if (federation is null && result.GetValue(Version) is not null)
                result.AddError("--version is of a federation; give --federation");
            if (result.GetValue(Out) is { } file && !file.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
                result.AddError($"--out names '{file}'; it must end with .onnx");
        });
        command.SetAction((parsed, cancel) => Failures.ReportAsync("fed model export", async () =>
        {
            var file = parsed.GetValue(Out)!;
            OutputFile.RequireWritable(file, "--out");
            var onnx = parsed.GetValue(Federation) is { } federation
                ? await OfFederationAsync(FederationAddress.Parse(federation), parsed.GetValue(Version), cancel)
                : OfFile(parsed.GetValue(Weights)!, parsed.GetValue(Data)!);
            // What could not be opened again must not be handed out.
            using var model = LearnedModel.Of(onnx, file);
            DurableFile.Write(file, stream => stream.Write(onnx));
            parsed.InvocationConfiguration.Output.WriteLine(
                parsed.GetValue(ShowModelCommand.Json) ? ShowModelCommand.AsJson(model) : Line(file, model));
            return ExitCode.Success;
        }, cancel));
        return command;
    }

    private static string Line(string file, LearnedModel model) => PlainText.Of(
        $"{file}: {model.Card.Task}, {model.Card.Classes.Count} classes"
        + (model.Card.Version is { } version ? $", version {version} of {model.Card.Federation}" : "")
        + $", SHA-256 {model.Sha256}");

    private static async Task<byte[]> OfFederationAsync(
        FederationAddress address, long? number, CancellationToken cancel)
    {
        using var client = new FederationClient(address.Server);
        var federation = await client.DescribeAsync(address.Federation, cancel);
        var version = number is { } wanted
            ? await Versions.FindAsync(client, address.Federation, TierNames.Global, wanted, cancel)
            : await StableModel.FindAsync(client, address.Federation, cancel);
        return await VersionExport.DownloadAsync(client, federation, version, cancel);
    }

    private static byte[] OfFile(string weights, string data)
    {
        var folder = DataFolder.Open(data);
        var card = new ModelCard(folder.Task.Name, folder.Task.Classes, folder.Task.Features);
        try
        {
            using var file = File.OpenRead(weights);
            return VersionExport.ToOnnx(ModelSpecification.Parse(folder.ModelJson), file, card);
        }
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            throw new DataFileException(weights, error.Message, error);
        }
    }
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
                parsed.InvocationConfiguration.Output.WriteLine(AsJson(model));
            else
                Print(model);
            return Task.FromResult(ExitCode.Success);
        }, cancel));
        return command;
    }

    public static string AsJson(LearnedModel model) =>
        JsonSerializer.Serialize(new { model.Card, model.InputShape, model.Sha256 }, FedJson.Indented);

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
        Row("file's SHA-256", model.Sha256);
        Screen.Create().Write(table);

        void Row(string name, string value) => table.AddRow(name, Markup.Escape(PlainText.Of(value)));
    }
}

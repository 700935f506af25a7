using System.CommandLine;
using System.Text.Json;
using Fed.Bench;
using Fed.Cli.Commands;
using Fed.Client;
using Fed.Client.Models;
using Fed.Contracts;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Learned;
using Fed.Training;

namespace Fed.Cli.Model;

/// <summary><c>fed model extractor</c>: first layers for federations that train the others.</summary>
internal static class ExtractorCommand
{
    private static readonly Option<int[]> Frozen = new("--frozen")
    {
        Description = "Numbers of the layers with parameters to take, from the first on, such as 0 3",
        AllowMultipleArgumentsPerToken = true,
        Required = true,
    };

    private static readonly Option<string[]> Own = new("--own")
    {
        Description = "Train a new model on this house's folder (train.fqc) in place of a version; repeatable; needs "
            + "--data",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<int> Passes = new("--passes")
    {
        Description = "Of --own: passes over the samples, 1 to 1000",
        DefaultValueFactory = _ => 60,
    };

    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "Of --own: of the model's start and the order of samples, 0 or more",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<string> Out = new("--out")
    {
        Description = "Safetensors file to write, for extractor.source of a federation's file",
        Required = true,
    };

    static ExtractorCommand()
    {
        Passes.Within(1, 1000, "--passes must be 1 to 1000");
        Seed.Within(0, int.MaxValue, "--seed must be 0 or more");
        Out.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } file
                && !file.EndsWith(".safetensors", StringComparison.Ordinal))
            {
                result.AddError($"--out names '{file}'; it must end with .safetensors");
            }
        });
    }

    public static Command Create()
    {
        var command = new Command(
            "extractor",
            "Cut the first layers out of a version, or out of a model that is trained here on open data, for "
            + "federations that freeze them and train the others")
        {
            Frozen, Own, Passes, Seed, Out, ShowModelCommand.Json,
        };
        ModelSource.AddTo(command, Own);
        command.SetAction((parsed, cancel) => Failures.ReportAsync("fed model extractor", async () =>
        {
            var file = parsed.GetValue(Out)!;
            OutputFile.RequireWritable(file, "--out");
            var version = parsed.GetValue(Own) is { Length: > 0 } houses
                ? Train(DataFolder.Open(parsed.GetValue(ModelSource.TaskFolder)!), houses, parsed, cancel)
                : await ModelSource.ReadAsync(parsed, cancel);
            var split = Cut(version.Model, parsed.GetValue(Frozen)!);
            Print(parsed, file, ExtractorFiles.Write(file, version, split), version.Model, split);
            return ExitCode.Success;
        }, cancel));
        return command;
    }

    private static ModelSplit Cut(ModelSpecification model, int[] frozen)
    {
        try
        {
            return ModelSplit.Cut(model, frozen);
        }
        catch (SpecificationException wrong)
        {
            throw new AgentException(ExitCode.Usage, $"--frozen: {wrong.Message}", wrong);
        }
    }

    /// <summary>As the task recommends, from a new model on.</summary>
    private static VersionModel Train(
        DataFolder folder, string[] houses, ParseResult parsed, CancellationToken cancel)
    {
        var model = ModelSpecification.Parse(folder.ModelJson);
        var samples = SampleSet.Concat([.. houses.Select(house => Open(folder, house))]);
        var parameters = PooledTraining.Train(
            model, samples, folder.Description.Training, parsed.GetValue(Passes), parsed.GetValue(Seed), cancel);
        return new VersionModel(
            model,
            parameters,
            new ModelCard(folder.Task.Name, folder.Task.Classes, folder.Task.Features),
            new TrainingSettings());
    }

    private static SampleSet Open(DataFolder folder, string house)
    {
        var own = ParticipantFolder.Open(house);
        return own.Task.Name == folder.Task.Name && own.Task.Features == folder.Task.Features
            && own.Task.Classes.SequenceEqual(folder.Task.Classes) && own.Task.Shape.SequenceEqual(folder.Task.Shape)
            ? own.Train
            : throw new DataFileException(
                house,
                $"the samples are of task {own.Task.Name} by {own.Task.Features}, and --data of {folder.Task.Name} by "
                + folder.Task.Features);
    }

    private static void Print(
        ParseResult parsed, string file, string sha256, ModelSpecification model, ModelSplit split)
    {
        var frozen = parsed.GetValue(Frozen)!.Distinct().Order().ToArray();
        var (kept, all) = (split.Frozen.ParameterCount, model.Layout.ParameterCount);
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(ShowModelCommand.Json))
        {
            output.WriteLine(JsonSerializer.Serialize(
                new { file, sha256, frozen, parameters = kept, trained = all - kept }, FedJson.Indented));
            return;
        }

        output.WriteLine(PlainText.Of(
            $"{file}: {kept} of {all} parameters of '{model.Name}', SHA-256 {sha256}; {all - kept} will travel"));
        output.WriteLine(PlainText.Of(
            $"  \"extractor\": {{ \"source\": \"{Path.GetFileName(file)}\", "
            + $"\"frozen\": [{string.Join(", ", frozen)}] }}"));
    }
}

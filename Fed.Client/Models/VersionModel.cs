using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.Contracts.Federations;
using Fed.Contracts.Versions;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Learned;
using Fed.Training;

namespace Fed.Client.Models;

/// <summary>A version of a federation, out of the federation's own format.</summary>
/// <param name="Parameters">In layout order, without control variates.</param>
/// <param name="Training">What it was trained with.</param>
internal sealed record VersionModel(
    ModelSpecification Model, float[] Parameters, ModelCard Card, TrainingSettings Training)
{
    /// <param name="version">Of the global tier.</param>
    /// <exception cref="AgentException">The federation does not say what its model looks at.</exception>
    /// <exception cref="InvalidDataException">The server sent another model than it names.</exception>
    public static async Task<VersionModel> DownloadAsync(
        FederationClient client, FederationDescription federation, VersionRecord version, CancellationToken cancel)
    {
        var settings = federation.Settings;
        if (settings is not { Task: { Length: > 0 } task, Classes: { Count: > 0 } classes, Features: { } features })
        {
            throw new AgentException(
                ExitCode.Refused,
                $"federation '{settings.Name}' does not say its task, classes and features, so that nobody can know "
                + "what its model looks at; they are settings that it is created with");
        }

        using var file = new MemoryStream();
        await client.DownloadModelAsync(settings.Name, version.ModelSha256, file, cancel);
        file.Position = 0;
        var model = ModelSpecification.Parse(settings.Model);
        return new VersionModel(
            model,
            ControlVariates.ReadModel(file, model.Layout),
            new ModelCard(task, classes, features, settings.Name, version.Number, version.ModelSha256),
            TrainingPolicies.ToSettings(settings.Training, seed: 0));
    }

    /// <param name="weights">A version's safetensors file, with or without control variates.</param>
    /// <exception cref="DataFileException">No such file, or of another model than the folder's task has.</exception>
    public static VersionModel Read(string weights, DataFolder folder)
    {
        var (model, training) = (ModelSpecification.Parse(folder.ModelJson), folder.Description.Training);
        try
        {
            using var file = File.OpenRead(weights);
            var parameters = ControlVariates.ReadModel(file, model.Layout);
            if (Array.Exists(parameters, value => !float.IsFinite(value)))
                throw new InvalidDataException("it has values that are no finite numbers: training has gone wrong");
            return new VersionModel(
                model,
                parameters,
                new ModelCard(folder.Task.Name, folder.Task.Classes, folder.Task.Features),
                new TrainingSettings
                {
                    BatchSize = training.BatchSize,
                    LearningRate = training.LearningRate,
                    Momentum = training.Momentum,
                });
        }
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            throw new DataFileException(weights, error.Message, error);
        }
    }

    public byte[] ToOnnx()
    {
        using var onnx = new MemoryStream();
        OnnxModel.Write(onnx, Model, Parameters, Card.ToMetadata());
        return onnx.ToArray();
    }
}

using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.Contracts.Federations;
using Fed.Contracts.Versions;
using Fed.Core.IO;
using Fed.Core.Models;
using Fed.MediaQc.Files;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Learned;
using Fed.Training;

namespace Fed.Client.Models;

/// <summary>A version of a federation, out of the federation's own format.</summary>
/// <param name="Parameters">Of the whole model in layout order, frozen layers too, without control variates.</param>
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

        var model = ModelSpecification.Parse(settings.Model);
        var frozen = federation.Extractor is { } extractor
            ? await DownloadAsync(client, settings.Name, extractor, ModelSplit.Cut(model, extractor.Frozen), cancel)
            : null;
        using var file = new MemoryStream();
        await client.DownloadModelAsync(settings.Name, version.ModelSha256, file, cancel);
        file.Position = 0;
        return new VersionModel(
            model,
            Read(file, model, frozen),
            new ModelCard(
                task,
                classes,
                features,
                settings.Name,
                version.Number,
                version.ModelSha256,
                Extractor: federation.Extractor?.Sha256),
            TrainingPolicies.ToSettings(settings.Training, seed: 0));
    }

    /// <param name="weights">A version's safetensors file, with or without control variates.</param>
    /// <param name="extractor">Safetensors file of the layers that the version is behind; null: it is whole.</param>
    /// <exception cref="DataFileException">No such file, or of another model than the folder's task has.</exception>
    public static VersionModel Read(string weights, DataFolder folder, string? extractor = null)
    {
        var (model, training) = (ModelSpecification.Parse(folder.ModelJson), folder.Description.Training);
        var frozen = extractor is null ? null : ExtractorFiles.Open(extractor, model);
        try
        {
            if (frozen is null && ExtractorFiles.NeededBy(weights) is { } needed)
            {
                throw new InvalidDataException(
                    $"its layers are behind frozen ones; give their file, of SHA-256 {needed}, by --extractor");
            }

            using var file = File.OpenRead(weights);
            var parameters = Read(file, model, frozen);
            if (Array.Exists(parameters, value => !float.IsFinite(value)))
                throw new InvalidDataException("it has values that are no finite numbers: training has gone wrong");
            return new VersionModel(
                model,
                parameters,
                new ModelCard(
                    folder.Task.Name,
                    folder.Task.Classes,
                    folder.Task.Features,
                    Extractor: frozen?.Head.Layout.Extractor),
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

    private static float[] Read(Stream file, ModelSpecification model, FrozenLayers? frozen) => frozen is null
        ? ControlVariates.ReadModel(file, model.Layout)
        : frozen.Join(ControlVariates.ReadModel(file, frozen.Head.Layout));

    private static async Task<FrozenLayers> DownloadAsync(
        FederationClient client, string federation, Extractor extractor, ModelSplit split, CancellationToken cancel)
    {
        using var file = new MemoryStream();
        await client.ContinueModelAsync(
            federation, extractor.Sha256, file, SafetensorsHeader.FileLength(split.Frozen), cancel);
        var bytes = new MemoryReader(file.GetBuffer().AsMemory(0, (int)file.Length));
        return FrozenLayers.Read(bytes, split, extractor.Sha256);
    }

    public byte[] ToOnnx()
    {
        using var onnx = new MemoryStream();
        OnnxModel.Write(onnx, Model, Parameters, Card.ToMetadata());
        return onnx.ToArray();
    }
}

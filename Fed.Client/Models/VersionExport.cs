using Fed.Client.Protocol;
using Fed.Contracts.Federations;
using Fed.Contracts.Versions;
using Fed.MediaQc.Learned;
using Fed.Training;

namespace Fed.Client.Models;

/// <summary>Makes ONNX files of a federation's versions.</summary>
internal static class VersionExport
{
    /// <param name="version">A version of the global tier.</param>
    /// <returns>The ONNX file's bytes.</returns>
    /// <exception cref="AgentException">The federation does not say what its model looks at.</exception>
    /// <exception cref="InvalidDataException">The server sent another model than it names.</exception>
    public static async Task<byte[]> DownloadAsync(
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
        var card = new ModelCard(task, classes, features, settings.Name, version.Number, version.ModelSha256);
        return ToOnnx(ModelSpecification.Parse(settings.Model), file, card);
    }

    /// <param name="safetensors">A version's file, with or without control variates.</param>
    /// <exception cref="InvalidDataException">No such file, or of another model.</exception>
    public static byte[] ToOnnx(ModelSpecification model, Stream safetensors, ModelCard card)
    {
        using var onnx = new MemoryStream();
        OnnxModel.Write(onnx, model, ControlVariates.ReadModel(safetensors, model.Layout), card.ToMetadata());
        return onnx.ToArray();
    }
}

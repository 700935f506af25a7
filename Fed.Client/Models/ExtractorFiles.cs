using System.Globalization;
using System.Security.Cryptography;
using Fed.Client.Agent;
using Fed.Core.IO;
using Fed.Core.Models;
using Fed.MediaQc.Files;
using Fed.Training;

namespace Fed.Client.Models;

/// <summary>Safetensors files of a model's first layers, for federations that do not train these.</summary>
internal static class ExtractorFiles
{
    /// <summary>The file's tensors say which layers it is of.</summary>
    /// <exception cref="DataFileException">No such file, or of no first layers of the model.</exception>
    public static FrozenLayers Open(string path, ModelSpecification model)
    {
        try
        {
            using var file = new FileReader(path);
            var layers = SafetensorsHeader.Read(file).Layout.Tensors.Select(slot => LayerOf(slot.Name)).Distinct();
            return FrozenLayers.Read(file, ModelSplit.Cut(model, [.. layers]), HashOf(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException
            or SpecificationException)
        {
            throw new DataFileException(path, error.Message, error);
        }
    }

    /// <returns>SHA-256 of the extractor that a version's file is behind; null: it is whole.</returns>
    /// <exception cref="InvalidDataException">It is no safetensors file.</exception>
    public static string? NeededBy(string path)
    {
        using var file = new FileReader(path);
        return SafetensorsHeader.Read(file).Layout.Extractor;
    }

    /// <summary>Cuts a version's first layers out.</summary>
    /// <returns>The file's SHA-256.</returns>
    public static string Write(string path, VersionModel version, ModelSplit split)
    {
        var parameters = version.Parameters.AsSpan(0, (int)split.Frozen.ParameterCount).ToArray();
        DurableFile.Write(path, file => Safetensors.Write(file, split.Frozen, parameters));
        return HashOf(path);
    }

    public static string HashOf(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static int LayerOf(string tensor) =>
        int.TryParse(tensor.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var layer)
            ? layer
            : throw new InvalidDataException($"its tensor '{tensor}' is of no layer; names begin with a number");
}

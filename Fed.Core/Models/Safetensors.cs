using System.Runtime.InteropServices;
using Fed.Core.IO;

namespace Fed.Core.Models;

/// <summary>Whole models as safetensors files, for those who hold them in memory: participants and tools.</summary>
public static class Safetensors
{
    /// <param name="parameters">The flat vector in layout order.</param>
    public static void Write(Stream destination, ModelLayout layout, ReadOnlySpan<float> parameters)
    {
        if (parameters.Length != layout.ParameterCount)
            throw new ArgumentException($"{parameters.Length} parameters; the layout has {layout.ParameterCount}");
        destination.Write(SafetensorsHeader.Encode(layout));
        destination.Write(MemoryMarshal.AsBytes(parameters));
    }

    /// <exception cref="InvalidDataException">Not such a file, or another layout.</exception>
    public static float[] ReadParameters(IRandomReader file, ModelLayout layout)
    {
        var header = SafetensorsHeader.Read(file);
        if (header.Layout.Hash != layout.Hash)
        {
            throw new InvalidDataException(
                $"the model's layout is {header.Layout.Hash}, the specification's is {layout.Hash}");
        }

        var parameters = new float[layout.ParameterCount];
        file.Read(header.DataOffset, MemoryMarshal.AsBytes(parameters.AsSpan()));
        return parameters;
    }

    /// <inheritdoc cref="ReadParameters(IRandomReader, ModelLayout)"/>
    public static float[] ReadParameters(Stream source, ModelLayout layout)
    {
        using var copy = new MemoryStream();
        source.CopyTo(copy);
        return ReadParameters(new MemoryReader(copy.GetBuffer().AsMemory(0, (int)copy.Length)), layout);
    }
}

using System.Runtime.InteropServices;
using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Fed.Contracts.Storage;
using Fed.Core.Models;
using Fed.Training;

namespace Fed.Silo.Federations;

/// <summary>What a federation starts from: a model drawn from its seed, or an existing one.</summary>
public sealed class InitialModels(IBlobStore blobs)
{
    private const int Piece = 256 << 10;

    /// <param name="layout">Of the federation's vector: the model's, or that of [x; c].</param>
    /// <returns>The SHA-256 of the stored model; behind it zeros as far as the layout goes, since a control variate
    /// starts at zero.</returns>
    /// <exception cref="RefusedException">There is no such model, or it does not fit.</exception>
    public async Task<string> StoreAsync(
        FederationSettings settings,
        ModelSpecification specification,
        ModelLayout layout,
        CancellationToken cancellationToken)
    {
        await using var writer = await blobs.CreateAsync(cancellationToken);
        var file = writer.Stream;
        file.Write(SafetensorsHeader.Encode(layout));
        if (settings.InitialModel is { } source)
            await CopyAsync(source, specification.Layout, file, cancellationToken);
        else
            specification.Initialise(settings.Seed, values => file.Write(MemoryMarshal.AsBytes(values)));
        var zeros = new byte[Piece];
        for (var left = (layout.ParameterCount - specification.Layout.ParameterCount) * sizeof(float); left > 0;)
        {
            var length = (int)Math.Min(left, zeros.Length);
            file.Write(zeros, 0, length);
            left -= length;
        }

        return await writer.CommitAsync(cancellationToken);
    }

    private async Task CopyAsync(
        string source, ModelLayout layout, Stream destination, CancellationToken cancellationToken)
    {
        using var blob = await blobs.OpenAsync(source, cancellationToken)
            ?? throw Refused($"initialModel {source} is no model that this silo has");
        var header = ReadHeader(source, blob);
        if (!IsOf(header.Layout, layout))
            throw Refused($"initialModel {source} does not fit: {Difference(header.Layout, layout)}");
        var piece = new byte[Piece];
        var end = header.DataOffset + layout.ParameterCount * sizeof(float);
        for (var at = header.DataOffset; at < end; at += piece.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var bytes = piece.AsSpan(0, (int)Math.Min(end - at, piece.Length));
            blob.Read(at, bytes);
            foreach (var value in MemoryMarshal.Cast<byte, float>(bytes))
            {
                if (!float.IsFinite(value))
                    throw Refused($"initialModel {source} has values that are not finite");
            }

            destination.Write(bytes);
        }
    }

    private static SafetensorsHeader ReadHeader(string source, IBlobReader blob)
    {
        try
        {
            return SafetensorsHeader.Read(blob);
        }
        catch (InvalidDataException error)
        {
            throw Refused($"initialModel {source} is no model: {error.Message}");
        }
    }

    /// <summary>Of [x; c], x is taken: c is the mean of what participants hold, and these have nothing yet.</summary>
    private static bool IsOf(ModelLayout found, ModelLayout model) => found.Hash == model.Hash
        || (model.ParameterCount <= ControlVariates.MaxParameters
            && found.Hash == ControlVariates.Extend(model).Hash);

    private static string Difference(ModelLayout found, ModelLayout needed)
    {
        var (theirs, ours) = (found.ToString().Split('\n'), needed.ToString().Split('\n'));
        var first = theirs.Zip(ours).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"its tensor {first + 1} is {At(theirs, first)}, the specification's is {At(ours, first)}";
    }

    private static string At(string[] tensors, int index) => index < tensors.Length ? tensors[index] : "missing";

    private static RefusedException Refused(string message) => new(
        RefusalCode.InvalidSettings,
        message,
        "name the modelSha256 of a version of a federation with this model, as 'fed admin versions --json' has it");
}

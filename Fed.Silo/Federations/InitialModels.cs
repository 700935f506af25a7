using System.Runtime.InteropServices;
using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;
using Fed.Contracts.Storage;
using Fed.Core.Models;
using Fed.Training;

namespace Fed.Silo.Federations;

/// <summary>What a federation starts from: a model drawn from its seed, or an existing one; its extractor.</summary>
public sealed class InitialModels(IBlobStore blobs)
{
    private const int Piece = 256 << 10;

    /// <returns>The SHA-256 of the stored model; behind it zeros as far as the vector's layout goes, since a control
    /// variate starts at zero.</returns>
    /// <exception cref="RefusedException">There is no such model, or it does not fit.</exception>
    public async Task<string> StoreAsync(
        FederationSettings settings, FederatedModel model, CancellationToken cancellationToken)
    {
        await using var writer = await blobs.CreateAsync(cancellationToken);
        var file = writer.Stream;
        file.Write(SafetensorsHeader.Encode(model.Vector));
        if (settings.InitialModel is { } sha256)
        {
            using var source = await SourceModel.OpenAsync(blobs, "initialModel", sha256, cancellationToken);
            source.Copy(source.Find(model), model.Trained.Layout.ParameterCount, file, cancellationToken);
        }
        else
        {
            model.Trained.Initialise(settings.Seed, values => file.Write(MemoryMarshal.AsBytes(values)));
        }

        var zeros = new byte[Piece];
        var rest = model.Vector.ParameterCount - model.Trained.Layout.ParameterCount;
        for (var left = rest * sizeof(float); left > 0;)
        {
            var length = (int)Math.Min(left, zeros.Length);
            file.Write(zeros, 0, length);
            left -= length;
        }

        return await writer.CommitAsync(cancellationToken);
    }

    /// <summary>Cuts the frozen layers' tensors out of a model that begins with them, and stores them.</summary>
    /// <returns>The SHA-256 of the stored file, which has nothing else: equal tensors have equal files.</returns>
    /// <exception cref="RefusedException">There is no such model, or it begins otherwise.</exception>
    public async Task<string> StoreExtractorAsync(string sha256, ModelSplit split, CancellationToken cancellationToken)
    {
        using var source = await SourceModel.OpenAsync(blobs, "extractor.source", sha256, cancellationToken);
        await using var writer = await blobs.CreateAsync(cancellationToken);
        writer.Stream.Write(SafetensorsHeader.Encode(split.Frozen));
        source.RequireBegin(split.Frozen);
        source.Copy(0, split.Frozen.ParameterCount, writer.Stream, cancellationToken);
        return await writer.CommitAsync(cancellationToken);
    }

    /// <summary>A model that settings name.</summary>
    private sealed class SourceModel : IDisposable
    {
        private readonly IBlobReader _blob;
        private readonly SafetensorsHeader _header;

        /// <summary>What errors call it.</summary>
        private readonly string _name;

        private SourceModel(IBlobReader blob, string name)
        {
            (_blob, _name) = (blob, name);
            try
            {
                _header = SafetensorsHeader.Read(blob);
            }
            catch (InvalidDataException error)
            {
                throw Refused($"{name} is no model: {error.Message}");
            }
        }

        public static async Task<SourceModel> OpenAsync(
            IBlobStore blobs, string property, string sha256, CancellationToken cancellationToken)
        {
            var name = $"{property} {sha256}";
            var blob = await blobs.OpenAsync(sha256, cancellationToken)
                ?? throw Refused($"{name} is no model that this silo has");
            try
            {
                return new SourceModel(blob, name);
            }
            catch
            {
                blob.Dispose();
                throw;
            }
        }

        /// <summary>
        /// Where what is trained begins: of [x; c], x is taken, for c is the mean of what participants hold, and these
        /// have nothing yet; of a whole model the head.
        /// </summary>
        public long Find(FederatedModel model)
        {
            var (found, needed) = (_header.Layout, model.Trained.Layout);
            if (IsOf(found, needed))
                return 0;
            if (model.Split is { } split && IsOf(found, model.Model.Layout))
                return split.Frozen.ParameterCount;
            throw Refused($"{_name} does not fit: {found.DifferenceFrom(needed)}");
        }

        public void RequireBegin(ModelLayout frozen)
        {
            if (_header.Layout.Extractor is not null || !_header.Layout.BeginsWith(frozen))
                throw Refused($"{_name} does not fit the frozen layers: {_header.Layout.DifferenceFrom(frozen)}");
        }

        /// <param name="first">Number of the first parameter.</param>
        public void Copy(long first, long count, Stream destination, CancellationToken cancellationToken)
        {
            var piece = new byte[Piece];
            var start = _header.DataOffset + first * sizeof(float);
            var end = start + count * sizeof(float);
            for (var at = start; at < end; at += piece.Length)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var bytes = piece.AsSpan(0, (int)Math.Min(end - at, piece.Length));
                _blob.Read(at, bytes);
                foreach (var value in MemoryMarshal.Cast<byte, float>(bytes))
                {
                    if (!float.IsFinite(value))
                        throw Refused($"{_name} has values that are not finite");
                }

                destination.Write(bytes);
            }
        }

        public void Dispose() => _blob.Dispose();

        private static bool IsOf(ModelLayout found, ModelLayout model) => found.Hash == model.Hash
            || (model.ParameterCount <= ControlVariates.MaxParameters
                && found.Hash == ControlVariates.Extend(model).Hash);

        private static RefusedException Refused(string message) => new(
            RefusalCode.InvalidSettings,
            message,
            "name the modelSha256 of a version of a federation with this model, as 'fed admin versions --json' has it");
    }
}

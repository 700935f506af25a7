using Fed.Contracts.Aggregation;
using Fed.Contracts.Storage;
using Fed.Core.Aggregation;
using Fed.Core.Blocks;
using Fed.Core.Robust;

namespace Fed.Folding;

/// <summary>The opened inputs of a fold.</summary>
internal sealed class FoldFiles
{
    private readonly FoldRequest _request;
    private readonly List<BlockFileReader> _inputs;
    private readonly BlockFileReader? _reference;
    private readonly Grid _grid;
    private readonly IRobustRule? _rule;

    private FoldFiles(FoldRequest request, List<BlockFileReader> inputs, BlockFileReader? reference)
    {
        _request = request;
        _inputs = inputs;
        _reference = reference;
        _grid = FoldSettings.GridOf(request.Arithmetic);
        _rule = RobustRules.Parse(request.Rule);
    }

    /// <summary>Of every input; <see cref="Combine"/> refuses those that differ.</summary>
    public BlockFileHeader Shape => _inputs[0].Header;

    /// <summary>
    /// Whether workers can take ranges of blocks. Not when the rule judges whole updates: each worker would have to
    /// measure all of every update first.
    /// </summary>
    public bool CanSplit => _rule is null || _rule.Needs == GeometryNeeds.None;

    /// <exception cref="InvalidDataException">An input is missing or damaged.</exception>
    public static async Task<FoldFiles> OpenAsync(
        BlobSet open, FoldRequest request, CancellationToken cancellationToken)
    {
        var inputs = new List<BlockFileReader>();
        foreach (var input in request.Inputs)
            inputs.Add(new BlockFileReader(await open.OpenAsync(input.Sha256, cancellationToken)));
        var reference = request.Reference is { } trusted
            ? new BlockFileReader(await open.OpenAsync(trusted, cancellationToken))
            : null;
        return new FoldFiles(request, inputs, reference);
    }

    /// <summary>The fold of the mean, or of the rule, which measures the inputs first if it has to.</summary>
    /// <param name="threads">Of the measuring, at least 1.</param>
    public IBlockFold Combine(int threads, CancellationToken cancellationToken) => _rule is null
        ? new BlockFold([.. _inputs.Zip(_request.Inputs, (file, input) => new FoldInput(file, input.Factor))], _grid)
        : RobustFold.Open(
            [.. _inputs.Zip(_request.Inputs, ToRobust)], _grid, _rule, _reference, threads, cancellationToken);

    /// <summary>A partial aggregate counts by its W too; an update's factor has its weight in it already.</summary>
    private static RobustInput ToRobust(BlockFileReader file, FoldInputReference input) => new(
        file,
        input.Sha256,
        file.Header.Kind == BlockFileKind.Sums ? checked(input.Factor * file.Header.Weight) : input.Factor,
        input.Weight);
}

/// <summary>The blobs that a job has open; closed together.</summary>
internal sealed class BlobSet(IBlobStore blobs) : IDisposable
{
    private readonly List<IBlobReader> _open = [];

    /// <exception cref="InvalidDataException">The store does not have it: something removed what is
    /// still needed.</exception>
    public async Task<IBlobReader> OpenAsync(string sha256, CancellationToken cancellationToken)
    {
        var reader = await blobs.OpenAsync(sha256, cancellationToken)
            ?? throw new InvalidDataException($"blob {sha256} is missing from the store");
        _open.Add(reader);
        return reader;
    }

    public void Dispose() => _open.ForEach(reader => reader.Dispose());
}

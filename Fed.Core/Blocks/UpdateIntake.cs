using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics.Tensors;
using Fed.Core.Aggregation;
using Fed.Core.Codecs;

namespace Fed.Core.Blocks;

/// <summary>
/// Copies an update from the network to storage and checks it on the way: header, index, every block's checksum, that
/// every value is finite and within the bound. Memory is one block and the index, whatever the update's size.
/// </summary>
public static class UpdateIntake
{
    private const string Resend = "encode the delta again and send it under the same sequence number";

    /// <returns>What is known of an update that is valid to its last byte.</returns>
    /// <exception cref="UpdateFaultException">The first fault found; what was written so far must
    /// be discarded.</exception>
    public static async Task<TakenUpdate> CopyAsync(
        Stream source, Stream destination, UpdateExpectation expectation, CancellationToken cancellationToken)
    {
        var head = new byte[BlockFileHeader.Size];
        await ReadAsync(source, head, "the header", cancellationToken);
        var header = CheckHeader(head, expectation);
        var codec = BlockCodecs.ById(header.CodecId);

        var index = new byte[header.BlockCount * BlockFileHeader.IndexEntrySize];
        await ReadAsync(source, index, "the index", cancellationToken);
        CheckSeal(head, index);
        await destination.WriteAsync(head, cancellationToken);
        await destination.WriteAsync(index, cancellationToken);

        var buffer = ArrayPool<byte>.Shared.Rent(codec.MaxEncodedLength(header.BlockLength));
        var values = ArrayPool<float>.Shared.Rent(header.BlockLength);
        var squares = 0.0;
        try
        {
            for (var block = 0; block < header.BlockCount; block++)
            {
                var entry = EntryOf(index, block, codec.MaxEncodedLength(header.LengthOf(block)));
                var encoded = buffer.AsMemory(0, entry.Length);
                await ReadAsync(source, encoded, $"block {block}", cancellationToken);
                CheckBlock(block, entry, encoded.Span, codec, values.AsSpan(0, header.LengthOf(block)), expectation);
                squares += TensorPrimitives.SumOfSquares(values.AsSpan(0, header.LengthOf(block)));
                await destination.WriteAsync(encoded, cancellationToken);
            }

            if (await source.ReadAsync(buffer.AsMemory(0, 1), cancellationToken) != 0)
            {
                throw new UpdateFaultException(
                    UpdateFault.TooLarge, "bytes follow the last block that the index names", Resend);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            ArrayPool<float>.Shared.Return(values);
        }

        return new TakenUpdate(header, Math.Sqrt(squares));
    }

    private static BlockFileHeader CheckHeader(byte[] head, UpdateExpectation expectation)
    {
        BlockFileHeader header;
        try
        {
            header = BlockFileHeader.Read(head);
        }
        catch (InvalidDataException malformed)
        {
            throw new UpdateFaultException(UpdateFault.Malformed, malformed.Message, Resend);
        }

        if (header.Kind != BlockFileKind.Update)
            throw new UpdateFaultException(UpdateFault.Malformed, $"kind {header.Kind} is not an update", Resend);
        if (header.Count != 1)
        {
            throw new UpdateFaultException(
                UpdateFault.Malformed, $"an update is 1 contribution, this says {header.Count}", Resend);
        }

        if (header.Dimension != expectation.Dimension || header.LayoutHash != expectation.LayoutHash)
        {
            throw new UpdateFaultException(
                UpdateFault.LayoutMismatch,
                $"the update has {header.Dimension} parameters in layout {header.LayoutHash}; the federation has "
                + $"{expectation.Dimension} in layout {expectation.LayoutHash}",
                "train the model that the task names, with the federation's model specification");
        }

        var codec = BlockCodecs.ByName(expectation.Codec);
        return header.CodecId == codec.Id
            ? header
            : throw new UpdateFaultException(
                UpdateFault.CodecNotAllowed,
                $"codec id {header.CodecId} is not the federation's codec {codec.Name} ({codec.Id})",
                $"encode with {codec.Name}");
    }

    private static void CheckSeal(ReadOnlySpan<byte> head, ReadOnlySpan<byte> index)
    {
        var hash = new XxHash3();
        hash.Append(head[..BlockFileHeader.HashedSize]);
        hash.Append(index);
        var stored = BinaryPrimitives.ReadUInt64LittleEndian(head[BlockFileHeader.HashedSize..]);
        if (hash.GetCurrentHashAsUInt64() != stored)
        {
            throw new UpdateFaultException(
                UpdateFault.ChecksumMismatch, "header and index do not match their checksum", Resend);
        }
    }

    private static BlockIndexEntry EntryOf(ReadOnlySpan<byte> index, int block, int most)
    {
        try
        {
            var entry = BlockIndexEntry.Read(index[(block * BlockFileHeader.IndexEntrySize)..]);
            return entry.Length <= most
                ? entry
                : throw new InvalidDataException(
                    $"block {block} claims {entry.Length} bytes; at most {most} are possible");
        }
        catch (InvalidDataException malformed)
        {
            throw new UpdateFaultException(UpdateFault.Malformed, malformed.Message, Resend);
        }
    }

    private static void CheckBlock(
        int block,
        BlockIndexEntry entry,
        ReadOnlySpan<byte> encoded,
        IBlockCodec codec,
        Span<float> values,
        UpdateExpectation expectation)
    {
        if (!entry.Matches(encoded))
        {
            throw new UpdateFaultException(
                UpdateFault.ChecksumMismatch, $"block {block} does not match its checksum", Resend);
        }

        try
        {
            codec.Decode(encoded, values);
        }
        catch (InvalidDataException malformed)
        {
            throw new UpdateFaultException(UpdateFault.Malformed, $"block {block}: {malformed.Message}", Resend);
        }

        var outside = expectation.Grid.FirstOutside(values);
        if (outside < 0)
            return;
        var parameter = (long)block * BlockFileHeader.StandardBlockLength + outside;
        throw float.IsFinite(values[outside])
            ? new UpdateFaultException(
                UpdateFault.BeyondBound,
                $"parameter {parameter} is {values[outside]}; the bound is {expectation.Grid.Bound}",
                "clip the delta to the bound, or lower the learning rate")
            : new UpdateFaultException(
                UpdateFault.NotFinite,
                $"parameter {parameter} is {values[outside]}; every value must be finite",
                "training has diverged: lower the learning rate");
    }

    private static async Task ReadAsync(Stream source, Memory<byte> buffer, string what, CancellationToken cancellation)
    {
        var read = await source.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        if (read < buffer.Length)
        {
            throw new UpdateFaultException(
                UpdateFault.Truncated, $"{what} ends after {read} of {buffer.Length} bytes", Resend);
        }
    }
}

/// <summary>An update that was taken.</summary>
/// <param name="Norm">
/// L2 norm of its delta; its last digits may differ between machines, so that nothing may be decided by it.
/// </param>
public readonly record struct TakenUpdate(BlockFileHeader Header, double Norm);

/// <summary>What a federation accepts as an update.</summary>
/// <param name="Dimension">Length of the flat vector.</param>
/// <param name="LayoutHash">SHA-256 (lower-case hex) of the model's layout.</param>
/// <param name="Codec">The codec that the federation has chosen, as its setting names it.</param>
/// <param name="Grid">Bound of every value.</param>
public sealed record UpdateExpectation(long Dimension, string LayoutHash, string Codec, Grid Grid)
{
    public int BlockCount => BlockFileHeader.BlocksOf(Dimension, BlockFileHeader.StandardBlockLength);

    /// <summary>Nothing longer can be valid.</summary>
    public long MaxBytes =>
        BlockFileHeader.Size
        + (long)BlockCount * BlockFileHeader.IndexEntrySize
        + BlockCodecs.ByName(Codec).MaxTotalLength(BlockCount, BlockFileHeader.StandardBlockLength);
}

/// <summary>What is wrong with an update file.</summary>
public enum UpdateFault
{
    TooLarge,
    Truncated,
    Malformed,
    LayoutMismatch,
    CodecNotAllowed,
    ChecksumMismatch,
    NotFinite,
    BeyondBound,
}

/// <summary>An update file that is refused, with the reason and the remedy.</summary>
public sealed class UpdateFaultException(UpdateFault fault, string message, string remedy) : Exception(message)
{
    public UpdateFault Fault { get; } = fault;

    public string Remedy { get; } = remedy;
}

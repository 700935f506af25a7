using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Fed.Contracts.Participants;
using Fed.Core.Codecs;

namespace Fed.Client.Agent;

/// <summary>What a participant carries from its last accepted update to the next one, and what becomes of it when it
/// cannot be used.</summary>
internal sealed class CarriedVectors(UpdateStore updates, SessionLog log)
{
    public ResidualBinding ResidualOf(ParticipantTask task, IBlockCodec codec) => BindingOf(task, codec.Name);

    /// <summary>
    /// The c_i of one sequence number fits no other: were the server, or this folder, restored from an old copy, the
    /// server's c would hold another c_i of ours.
    /// </summary>
    public ResidualBinding ControlAfter(ParticipantTask task, long sequence) =>
        BindingOf(task, $"the control variate after update {sequence}");

    /// <summary>The residual of the updates so far; empty at the start, and where it cannot be used.</summary>
    /// <param name="accepted">The last sequence number that the server has; 0: none.</param>
    public float[] Residual(ParticipantTask task, IBlockCodec codec, long accepted, int length)
    {
        try
        {
            if (updates.ResidualFile() is { } file)
                return ResidualFile.Read(file, ResidualOf(task, codec), length);
            if (accepted == 0)
                return [];
            throw new InvalidDataException("updates were sent before, but no residual of them is here");
        }
        catch (InvalidDataException unusable)
        {
            log.Write(AgentEventKind.ResidualLost, line => line with
            {
                Message = $"{unusable.Message}; error feedback starts from zero, nothing else is lost",
            });
            return [];
        }
    }

    /// <summary>
    /// c_i, [D]: zero before the first update. Where it cannot be used, it is made again by option I; from zero, the
    /// server's c, which still holds the lost one, would bias the model for good.
    /// </summary>
    /// <param name="accepted">The last sequence number that the server has; 0: none.</param>
    /// <param name="remake">The gradient over all local data at the task's model.</param>
    public float[] Control(ParticipantTask task, long accepted, int length, Func<float[]> remake)
    {
        if (accepted == 0)
            return new float[length];
        try
        {
            return updates.ResidualFile() is { } file
                ? ResidualFile.Read(file, ControlAfter(task, accepted), length)
                : throw new InvalidDataException("updates were sent before, but no control variate of them is here");
        }
        catch (InvalidDataException unusable)
        {
            log.Write(AgentEventKind.ControlLost, line => line with
            {
                Version = task.Version,
                Message = $"{unusable.Message}; the gradient at version {task.Version} takes its place",
            });
            return remake();
        }
    }

    private ResidualBinding BindingOf(ParticipantTask task, string purpose) =>
        new(log.Participant, log.Federation, task.LayoutHash, purpose);
}

/// <summary>What a residual belongs to; with anything else it would add noise to a model.</summary>
/// <param name="LayoutHash">SHA-256 (lower-case hex) of the model's layout.</param>
/// <param name="Purpose">Name of the codec, without its parameters; or which control variate it is.</param>
internal sealed record ResidualBinding(string Participant, string Federation, string LayoutHash, string Purpose)
{
    public byte[] Hash => SHA256.HashData(
        Encoding.UTF8.GetBytes($"fed-residual-v1\n{Participant}\n{Federation}\n{LayoutHash}\n{Purpose}"));
}

/// <summary>
/// What a participant carries from one update to the next, on disk: the residual of error feedback, or SCAFFOLD's
/// control variate. Little-endian: magic <c>FEDR</c>, version (2 bytes), zero (2), dimension (8), SHA-256 of what it
/// belongs to (32), and the values in float32. Its integrity is that of its name in the ledger.
/// </summary>
internal static class ResidualFile
{
    private const uint Magic = 0x52444546; // "FEDR"
    private const ushort Version = 1;
    private const int HeaderBytes = 48;

    public static void Write(Stream stream, ResidualBinding binding, ReadOnlySpan<float> residual)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], residual.Length);
        binding.Hash.CopyTo(header[16..]);
        stream.Write(header);
        stream.Write(MemoryMarshal.AsBytes(residual));
    }

    /// <exception cref="InvalidDataException">No residual, of something else, or with a value that is
    /// not finite.</exception>
    public static float[] Read(string path, ResidualBinding binding, int length)
    {
        using var stream = File.OpenRead(path);
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(header) != Magic
            || BinaryPrimitives.ReadUInt16LittleEndian(header[4..]) != Version)
        {
            throw new InvalidDataException($"{path} is no residual of version {Version}");
        }

        if (!header[16..].SequenceEqual(binding.Hash))
        {
            throw new InvalidDataException(
                $"the residual {path} belongs to another participant, federation, layout or purpose than "
                + $"'{binding.Participant}', '{binding.Federation}', {binding.LayoutHash}, {binding.Purpose}");
        }

        var stored = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
        if (stored != length || stream.Length != HeaderBytes + (long)length * sizeof(float))
            throw new InvalidDataException($"the residual {path} has {stored} values; the model has {length}");
        var residual = new float[length];
        stream.ReadExactly(MemoryMarshal.AsBytes(residual.AsSpan()));
        return residual.All(float.IsFinite)
            ? residual
            : throw new InvalidDataException($"the residual {path} has a value that is not finite");
    }
}

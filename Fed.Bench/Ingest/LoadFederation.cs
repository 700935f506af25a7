using System.Security.Cryptography;
using Fed.Client.Protocol;
using Fed.Contracts.Participants;
using Fed.Core.Blocks;
using Fed.Core.Codecs;

namespace Fed.Bench.Ingest;

/// <summary>A federation on the measured silo, its whole roster enrolled, and the updates that it sends.</summary>
public sealed class LoadFederation : IDisposable
{
    private static readonly IBlockCodec Codec = BlockCodecs.ByName("float32");

    private readonly ECDsa[] _keys;
    private readonly string _layoutHash;
    private readonly float[] _delta;
    private long _prepared;

    private LoadFederation(LoadSettings settings, ECDsa[] keys, string baseModel, string layoutHash)
    {
        Settings = settings;
        _keys = keys;
        BaseModel = baseModel;
        _layoutHash = layoutHash;
        var random = new Random(1);
        _delta = new float[settings.Parameters];
        foreach (ref var value in _delta.AsSpan())
            value = (random.NextSingle() - 0.5f) * MathF.ScaleB(1, -LoadSettings.FractionalBits - 1);
        Tail = Encode(1).AsMemory(HeadBytes);
        Bytes = HeadBytes + Tail.Length;
    }

    public LoadSettings Settings { get; }

    /// <summary>What every update is against.</summary>
    public string BaseModel { get; }

    /// <summary>Of one update.</summary>
    public long Bytes { get; }

    /// <summary>What all updates end with.</summary>
    public ReadOnlyMemory<byte> Tail { get; }

    private int HeadBytes => BlockFileHeader.Size
        + BlockFileHeader.IndexEntrySize
        * BlockFileHeader.BlocksOf(Settings.Parameters, BlockFileHeader.StandardBlockLength);

    /// <summary>Creates it and enrols its participants, each with a key of its own.</summary>
    public static async Task<LoadFederation> CreateAsync(
        FederationClient client, LoadSettings settings, CancellationToken cancellation)
    {
        var description = await client.CreateAsync(settings.Federation(), cancellation);
        var keys = new ECDsa[settings.Roster];
        await Parallel.ForAsync(
            0,
            keys.Length,
            new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = cancellation },
            async (index, token) =>
            {
                var key = keys[index] = ECDsa.Create(ECCurve.NamedCurves.nistP256);
                var request = new EnrolmentRequest(
                    settings.ClusterOf(index),
                    LoadSettings.Task,
                    Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()));
                await client.EnrolAsync(settings.Name, LoadSettings.ParticipantName(index), request, token);
            });
        return new LoadFederation(settings, keys, description.InitialModel, description.LayoutHash);
    }

    /// <summary>The next updates: participants in turn, each with its next sequence number and its own bytes.</summary>
    public PreparedUpdate[] Prepare(int count)
    {
        var first = _prepared;
        _prepared += count;
        var updates = new PreparedUpdate[count];
        Parallel.For(0, count, index => updates[index] = Prepare(first + index));
        return updates;
    }

    /// <summary>Gives back those that were not sent: the last of the prepared ones.</summary>
    public void Return(int count) => _prepared -= count;

    public void Dispose()
    {
        foreach (var key in _keys)
            key.Dispose();
    }

    private PreparedUpdate Prepare(long number)
    {
        var participant = (int)(number % Settings.Roster);
        var sequence = 1 + number / Settings.Roster;
        // The count of examples tells the updates apart; the federation caps it at 1.
        var file = Encode(number + 1);
        var digest = SHA256.HashData(file);
        var name = LoadSettings.ParticipantName(participant);
        ECDsa key = _keys[participant];
        SignedUpdate signed;
        lock (key)
        {
            signed = SignedUpdate.Sign(
                key, Settings.Name, name, sequence, file: "", Convert.ToHexStringLower(digest));
        }

        return new PreparedUpdate(
            participant,
            $"/v1/federations/{Settings.Name}/participants/{name}/updates/{sequence}",
            file[..HeadBytes],
            $"sha-256=:{Convert.ToBase64String(digest)}:",
            signed.Signature);
    }

    private byte[] Encode(long examples)
    {
        using var file = new MemoryStream((int)Settings.Size);
        UpdateWriter.Write(file, _delta, Codec, examples, BaseModel, _layoutHash);
        return file.ToArray();
    }
}

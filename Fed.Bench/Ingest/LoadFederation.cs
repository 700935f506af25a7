using System.Security.Cryptography;
using Fed.Client.Protocol;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Core.Blocks;
using Fed.Core.Codecs;

namespace Fed.Bench.Ingest;

/// <summary>A federation on the measured silo, its whole roster enrolled, and the updates that it sends.</summary>
public sealed class LoadFederation : IDisposable
{
    private readonly ECDsa[] _keys;
    private readonly IBlockCodec _codec;
    private readonly string _layoutHash;
    private readonly float[] _delta;
    private long _prepared;

    private LoadFederation(LoadSettings settings, ECDsa[] keys, string baseModel, string layoutHash)
    {
        Settings = settings;
        _keys = keys;
        _codec = BlockCodecs.ByName(settings.Codec);
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
        using var file = new MemoryStream();
        UpdateWriter.Write(file, _delta, _codec, examples, BaseModel, _layoutHash);
        return file.ToArray();
    }
}

/// <summary>A federation to be loaded: everything that decides its figures.</summary>
/// <param name="Size">Most bytes of an update file, as float32; 256 to 2^32.</param>
/// <param name="Clusters">At least 1.</param>
/// <param name="Participants">Of each cluster, at least 1.</param>
/// <param name="Goal">K: a cluster folds at this many.</param>
/// <param name="GlobalGoal">Aggregates of clusters that make a global version.</param>
public sealed record LoadSettings(
    string Name, long Size, int Clusters, int Participants, int Goal, int GlobalGoal, FederationMode Mode)
{
    public const string Task = "load";

    /// <summary>Of the updates.</summary>
    public string Codec { get; init; } = "float32";

    private const int HeaderBytes = 112;
    private const int IndexBytes = 16;
    private const int BlockBytes = 32 << 10;

    /// <summary>Length of the flat vector: weights and biases of dense layers.</summary>
    public int Parameters => Layers * Units * (Inputs + 1);

    /// <summary>Participants of all clusters.</summary>
    public int Roster => Clusters * Participants;

    /// <summary>A tensor has 2^28 values at most.</summary>
    private int Layers => Values < 1 << 28 ? 1 : 2;

    /// <summary>
    /// A layer has 1,000,000 units at most: large models are wide, and the largest have square layers.
    /// </summary>
    private int Inputs => Values < 1 << 23 ? 15 : Layers == 1 ? 1023 : (int)((Math.Sqrt(1 + 2.0 * Values) - 1) / 2);

    private int Units => Layers == 1 ? (int)(Values / (Inputs + 1)) : Inputs;

    private long Values => (Size - HeaderBytes - IndexBytes * (1 + Size / BlockBytes)) / sizeof(float);

    /// <summary>Participants take turns over the clusters.</summary>
    public string ClusterOf(int participant) => $"cluster-{participant % Clusters}";

    /// <summary>The size that so many parameters take, but for what is less than a unit of the layer.</summary>
    public static long SizeOf(int parameters)
    {
        var values = (long)parameters * sizeof(float);
        return values + HeaderBytes + IndexBytes * (1 + (values + values / 1024) / BlockBytes);
    }

    public static string ParticipantName(int participant) => $"p-{participant:x6}";

    public FederationSettings Federation() => new()
    {
        Name = Name,
        Task = Task,
        Model = $$"""
            {"name":"load","input":[{{Inputs}}],"loss":"softmaxCrossEntropy",
             "layers":[{{string.Join(',', Enumerable.Repeat($$"""{"type":"dense","units":{{Units}}}""", Layers))}}]}
            """,
        Clusters = [.. Enumerable.Range(0, Clusters).Select(ClusterOf)],
        Roster =
        [
            .. Enumerable.Range(0, Roster).Select(index => new RosterEntry(ParticipantName(index), ClusterOf(index))),
        ],
        Mode = Mode,
        ClusterTier = new TierSettings { Goal = Goal },
        GlobalTier = new TierSettings { Goal = GlobalGoal, MaxStaleness = 10_000 },
        Arithmetic = new ArithmeticSettings { ExampleCap = 1, FractionalBits = FractionalBits },
        EvaluateEvery = 0,
        Codec = Codec,
    };

    /// <summary>
    /// Of the grid. The deltas of the load are smaller than half its step, so that every version is the same model
    /// and updates can be made before the version is known that they are sent for; to the server they are updates
    /// like any others.
    /// </summary>
    public const int FractionalBits = 20;
}

/// <summary>A signed update, ready to be sent.</summary>
/// <param name="Participant">Index in the roster.</param>
/// <param name="Path">Of the request.</param>
/// <param name="Head">The file's first bytes, in which it differs from others of its federation; the rest
/// they share.</param>
/// <param name="Digest">Value of Content-Digest.</param>
/// <param name="Signature">Value of Fed-Signature.</param>
public sealed record PreparedUpdate(int Participant, string Path, byte[] Head, string Digest, string Signature);

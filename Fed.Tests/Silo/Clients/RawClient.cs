using System.Security.Cryptography;
using System.Text.Json;
using Fed.Client.Protocol;
using Fed.Contracts;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Contracts.Wire;
using Fed.Core.Blocks;
using Fed.Core.Codecs;
using Fed.Training;
using Orleans;
using Orleans.Runtime;

namespace Fed.Tests.Silo.Clients;

/// <summary>An Orleans client that calls actors by hand, so that it can also do it wrongly.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly OrleansConnection _connection;
    private readonly TimeProvider _clock;

    private RawClient(OrleansConnection connection, IClusterClient client, string participant, TimeProvider clock)
    {
        (_connection, _clock) = (connection, clock);
        Client = client;
        Participant = participant;
    }

    public IClusterClient Client { get; }

    public string Participant { get; }

    public ECDsa Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public IParticipantGatewayGrain Gateway =>
        Client.GetGrain<IParticipantGatewayGrain>(IParticipantGatewayGrain.Key);

    public static async Task<RawClient> ConnectAsync(GatewaySilo silo, string participant = "a")
    {
        var connection = new OrleansConnection(silo.Gateways, new ClientTimeouts());
        return new RawClient(
            connection, await connection.GetAsync(CancellationToken.None), participant, silo.Clock);
    }

    /// <summary>Connected, and enrolled in cluster h264.</summary>
    public static async Task<RawClient> EnrolAsync(GatewaySilo silo, string federation, string participant = "a")
    {
        var client = await ConnectAsync(silo, participant);
        await client.AsAsync(
            client.Show(federation), () => client.Gateway.Enrol(federation, participant, client.Request()));
        return client;
    }

    public EnrolmentRequest Request() => new(
        "h264", Fed.Tests.Client.TestData.Task, Convert.ToBase64String(Key.ExportSubjectPublicKeyInfo()));

    /// <summary>A right capability for two minutes; the parameters make it a wrong one.</summary>
    public string Show(
        string federation,
        string? participant = null,
        ECDsa? key = null,
        TimeSpan? ago = null,
        TimeSpan? life = null) =>
        Capability.Sign(
            key ?? Key,
            federation,
            participant ?? Participant,
            _clock.GetUtcNow() - (ago ?? TimeSpan.Zero),
            life ?? TimeSpan.FromMinutes(2)).ToString();

    /// <summary>Makes a call with a capability; null: without one.</summary>
    public async Task<T> AsAsync<T>(string? capability, Func<Task<T>> call)
    {
        if (capability is not null)
            RequestContext.Set(Capability.Key, capability);
        return await call();
    }

    public Task<OpenedUpload> OpenAsync(string federation, byte[] update, long? length = null) => AsAsync(
        Show(federation),
        () => Gateway.OpenUpload(
            federation, Offer(federation, update) with { Bytes = length ?? update.Length }));

    /// <summary>The upload, as whoever shows this capability with each call.</summary>
    public RawUpload Upload(string ticket, string? capability) =>
        new(this, Client.GetGrain<IUpdateUploadGrain>(ticket), capability);

    public ContributionOffer Offer(string federation, byte[] update, long sequence = 1)
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(update));
        return new ContributionOffer(
            Participant,
            sequence,
            sha256,
            update.Length,
            BlockFileHeader.Read(update).BaseModel,
            ContributionOffer.NotYetKnown,
            SignedUpdate.Sign(Key, federation, Participant, sequence, "", sha256).Signature);
    }

    public (byte[] Json, string Signature) Sign(string federation, EvaluationReport report)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(report, FedJson.Options);
        return (json, SignedUpdate.SignEvaluation(Key, federation, Participant, json));
    }

    /// <summary>A model whose updates are six chunks long, the last one shorter.</summary>
    public static FederationSettings SixChunks(FederationSettings settings) => settings with
    {
        Model = """{"name":"six","input":[600],"loss":"softmaxCrossEntropy","layers":[{"type":"dense","units":600}]}""",
        EvaluateEvery = 0,
        // More steps than anybody takes.
        TargetVersions = 100,
    };

    /// <summary>A valid update of the federation's first version.</summary>
    public static byte[] Update(FederationSettings settings, string baseModel, float change = 0.125f)
    {
        var layout = ModelSpecification.Parse(settings.Model).Layout;
        var delta = new float[layout.ParameterCount];
        delta.AsSpan().Fill(change);
        using var file = new MemoryStream();
        UpdateWriter.Write(file, delta, BlockCodecs.ByName(settings.Codec), 24, baseModel, layout.Hash);
        return file.ToArray();
    }

    public static byte[] Chunk(byte[] update, int number)
    {
        var offset = number * Chunks.Bytes;
        return update.AsSpan(offset, Chunks.LengthAt(offset, update.Length)).ToArray();
    }

    /// <summary>The code of the problem that a call ends with.</summary>
    public static async Task<ProblemException> ProblemOf(Func<Task> call) =>
        await Assert.ThrowsAsync<ProblemException>(call);

    public static string CodeOf(RefusalCode code) => WireFormat.CodeOf(code);

    public void Dispose()
    {
        _connection.Dispose();
        Key.Dispose();
    }
}

/// <summary>An open upload, each call with the same capability; null: with none.</summary>
internal sealed class RawUpload(RawClient client, IUpdateUploadGrain upload, string? capability)
{
    public Task Put(long offset, byte[] bytes) => client.AsAsync(capability, async () =>
    {
        await upload.Put(offset, bytes);
        return true;
    });

    public Task<Acceptance?> Complete() => client.AsAsync(capability, upload.Complete);
}

using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Collection;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Versions;
using Fed.Contracts.Wire;
using Fed.Core.Blocks;

namespace Fed.Client.Protocol;

/// <summary>
/// The participant protocol (docs/protocol.md), one call a method. It neither retries nor remembers; failures of the
/// network are <see cref="HttpRequestException"/>, <see cref="IOException"/> or <see cref="TimeoutException"/>,
/// answers that are errors are <see cref="ProtocolException"/>.
/// </summary>
public sealed partial class FederationClient : IFederationServer
{
    /// <summary>A collection answers when it is through.</summary>
    private static readonly TimeSpan LongestCollection = TimeSpan.FromHours(1);

    private readonly HttpClient _http;
    private readonly Gateways _gateways;
    private readonly TimeProvider _time;
    private readonly ClientTimeouts _timeouts;

    /// <param name="server">Absolute http or https address; https speaks HTTP/2 where the server does. A path is that
    /// of a proxy in front of the server: every request begins with it.</param>
    /// <param name="others">More gateways of the same cluster of silos: each takes over where the one before
    /// fails.</param>
    /// <param name="onSend">Sees every byte before it leaves (before TLS' framing only if the scheme is http).</param>
    /// <exception cref="ArgumentException">Not such an address.</exception>
    public FederationClient(
        Uri server,
        TimeProvider? time = null,
        ClientTimeouts? timeouts = null,
        IReadOnlyList<Uri>? others = null,
        Action<ReadOnlyMemory<byte>>? onSend = null)
    {
        Uri[] servers = [Require(server), .. (others ?? []).Select(Require)];
        _time = time ?? TimeProvider.System;
        _timeouts = timeouts ?? new ClientTimeouts();
        _gateways = new Gateways(servers, CreateHandler(servers, onSend));
        _http = new HttpClient(_gateways)
        {
            BaseAddress = servers[0],
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
    }

    /// <summary>The gateway that serves now.</summary>
    public Uri Server => _gateways.Current;

    public WireCounter Wire { get; } = new();

    /// <summary>Whether requests are served; else that is a <see cref="ProtocolException"/> with the reason.</summary>
    public async Task<ServerHealth> HealthAsync(CancellationToken cancellationToken) =>
        await SendAsync<ServerHealth>(HttpMethod.Get, "healthz", null, TimeSpan.Zero, cancellationToken)
            ?? throw Empty();

    /// <summary>The names of all federations.</summary>
    public async Task<IReadOnlyList<string>> FederationsAsync(CancellationToken cancellationToken) =>
        await SendAsync<string[]>(HttpMethod.Get, "v1/federations", null, TimeSpan.Zero, cancellationToken)
            ?? throw Empty();

    /// <summary>
    /// Creates a federation, or finds it created with the same settings. From the server's own machine only.
    /// </summary>
    public async Task<FederationDescription> CreateAsync(
        FederationSettings settings, CancellationToken cancellationToken) =>
        await SendAsync<FederationDescription>(
            HttpMethod.Put,
            Path(settings.Name),
            JsonContent.Create(settings, options: FedJson.Options),
            TimeSpan.Zero,
            cancellationToken)
        ?? throw Empty();

    public async Task<FederationStatus> StatusAsync(string federation, CancellationToken cancellationToken) =>
        await SendAsync<FederationStatus>(
            HttpMethod.Get, $"{Path(federation)}/status", null, TimeSpan.Zero, cancellationToken)
        ?? throw Empty();

    /// <summary>The newest versions first.</summary>
    public async Task<IReadOnlyList<VersionRecord>> VersionsAsync(
        string federation, string tier, int limit, CancellationToken cancellationToken) =>
        await SendAsync<VersionRecord[]>(
            HttpMethod.Get,
            $"{Path(federation)}/versions?tier={Uri.EscapeDataString(tier)}&limit={limit}",
            null,
            TimeSpan.Zero,
            cancellationToken)
        ?? throw Empty();

    /// <summary>Where candidate and stable point.</summary>
    public async Task<IReadOnlyList<ChannelView>> ChannelsAsync(
        string federation, CancellationToken cancellationToken) =>
        await SendAsync<ChannelView[]>(
            HttpMethod.Get, $"{Path(federation)}/channels", null, TimeSpan.Zero, cancellationToken)
        ?? throw Empty();

    /// <summary>Points stable at a version. From the server's own machine only.</summary>
    public async Task<ChannelView> PromoteAsync(
        string federation, PromotionRequest request, CancellationToken cancellationToken) =>
        await SendAsync<ChannelView>(
            HttpMethod.Put,
            $"{Path(federation)}/channels/stable",
            JsonContent.Create(request, options: FedJson.Options),
            TimeSpan.Zero,
            cancellationToken)
        ?? throw Empty();

    /// <summary>Restores an earlier global version. From the server's own machine only.</summary>
    public async Task<GlobalView> RollBackAsync(
        string federation, RollbackRequest request, CancellationToken cancellationToken) =>
        await SendAsync<GlobalView>(
            HttpMethod.Post,
            $"{Path(federation)}/rollback",
            JsonContent.Create(request, options: FedJson.Options),
            TimeSpan.Zero,
            cancellationToken)
        ?? throw Empty();

    /// <summary>Removes blobs that nothing needs. From the server's own machine only.</summary>
    public async Task<CollectionReport> CollectAsync(CollectionRequest request, CancellationToken cancellationToken) =>
        await SendAsync<CollectionReport>(
            HttpMethod.Post,
            "v1/gc",
            JsonContent.Create(request, options: FedJson.Options),
            LongestCollection,
            cancellationToken)
        ?? throw Empty();

    /// <summary>A cluster's newest manifest and pending receipts. From the server's own machine only.</summary>
    public async Task<ClusterLedger> LedgerAsync(
        string federation, string cluster, CancellationToken cancellationToken) =>
        await SendAsync<ClusterLedger>(
            HttpMethod.Get,
            $"{Path(federation)}/clusters/{Uri.EscapeDataString(cluster)}/ledger",
            null,
            TimeSpan.Zero,
            cancellationToken)
        ?? throw Empty();

    /// <summary>A signed manifest, whose bytes are those of its name. From the server's own machine only.</summary>
    /// <exception cref="InvalidDataException">They are not.</exception>
    public async Task<SignedManifest> ManifestAsync(
        string federation, string sha256, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        await DownloadBlobAsync(federation, sha256, bytes, cancellationToken);
        return SignedManifest.Read(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), sha256);
    }

    /// <summary>
    /// The bytes that the server stores under this name; whether they are what it says, the caller checks. From the
    /// server's own machine only.
    /// </summary>
    /// <exception cref="InvalidDataException">There is no such blob.</exception>
    public async Task DownloadBlobAsync(
        string federation, string sha256, Stream destination, CancellationToken cancellationToken)
    {
        try
        {
            await DownloadAsync($"{Path(federation)}/blobs/{sha256}", destination, cancellationToken);
        }
        catch (ProtocolException missing) when (missing.Code == "notFound")
        {
            throw new InvalidDataException($"blob {sha256} is missing", missing);
        }
    }

    /// <summary>Settings, initial model and public key.</summary>
    public async Task<FederationDescription> DescribeAsync(string federation, CancellationToken cancellationToken) =>
        await SendAsync<FederationDescription>(HttpMethod.Get, Path(federation), null, TimeSpan.Zero, cancellationToken)
        ?? throw Empty();

    public async Task<Enrolment> EnrolAsync(
        string federation, string participant, EnrolmentRequest request, CancellationToken cancellationToken) =>
        await SendAsync<Enrolment>(
            HttpMethod.Put,
            $"{Path(federation, participant)}/enrolment",
            JsonContent.Create(request, options: FedJson.Options),
            TimeSpan.Zero,
            cancellationToken)
        ?? throw Empty();

    /// <returns>Null when there was no task within the poll's time.</returns>
    public Task<ParticipantTask?> NextTaskAsync(
        string federation, string participant, CancellationToken cancellationToken) =>
        SendAsync<ParticipantTask>(
            HttpMethod.Get,
            $"{Path(federation, participant)}/task?wait={_timeouts.Poll.TotalSeconds:0}",
            null,
            _timeouts.Poll,
            cancellationToken);

    /// <param name="key">The participant's; signs the report's bytes.</param>
    public Task ReportAsync(
        ECDsa key,
        string federation,
        string participant,
        EvaluationReport report,
        CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(report, FedJson.Options);
        var content = new ByteArrayContent(json);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        // Whichever kind of header it is: this one goes with the body that it is of.
        content.Headers.Add(
            WireFormat.SignatureHeader, SignedUpdate.SignEvaluation(key, federation, participant, json));
        return SendAsync<JsonDocument>(
            HttpMethod.Post,
            $"{Path(federation, participant)}/evaluations",
            content,
            TimeSpan.Zero,
            cancellationToken);
    }

    /// <summary>Sends an update; the same one again is answered with its first receipt.</summary>
    /// <returns>The receipt, and whether this call made it (rather than an earlier one).</returns>
    public async Task<(Receipt Receipt, bool IsNew)> SendUpdateAsync(
        string federation, string participant, SignedUpdate update, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(update.File, FileMode.Open, FileAccess.Read, FileShare.Read);
        var baseModel = await SignedUpdate.ReadBaseModelAsync(file, cancellationToken);
        using var stall = new Stall(_timeouts.Patience, _time, cancellationToken);
        return await stall.RunAsync(async () =>
        {
            using var content = new ProgressContent(file, file.Length, stall.Progress);
            content.Headers.ContentType = new MediaTypeHeaderValue(WireFormat.UpdateType);
            content.Headers.Add(
                WireFormat.DigestHeader, $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(update.Sha256))}:");
            using var request = new HttpRequestMessage(
                HttpMethod.Put, $"{Path(federation, participant)}/updates/{update.Sequence}");
            request.Content = content;
            request.Headers.Add(WireFormat.SignatureHeader, update.Signature);
            request.Headers.Add(WireFormat.BaseModelHeader, baseModel);
            // A refusal that needs no body comes before it is sent, and is not lost with a connection that is cut.
            request.Headers.ExpectContinue = true;
            using var response = await SendAsync(request, stall);
            return (await ReadAsync<Receipt>(response, stall.Token), response.StatusCode == HttpStatusCode.Created);
        });
    }

    public void Dispose() => _http.Dispose();

    /// <exception cref="ArgumentException">No such address.</exception>
    private static Uri Require(Uri server)
    {
        if (!server.IsAbsoluteUri || (server.Scheme != Uri.UriSchemeHttp && server.Scheme != Uri.UriSchemeHttps))
            throw new ArgumentException($"'{server}' is no http or https address; give one like http://127.0.0.1:8080");
        if (server.Query.Length > 0 || server.Fragment.Length > 0 || server.UserInfo.Length > 0)
        {
            throw new ArgumentException(
                $"'{server}' has more than host, port and path; give an address like http://127.0.0.1:8080");
        }

        // Without the last slash the last part of the path would be replaced, not gone on from.
        return new Uri(server.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/");
    }

    private static string Path(string federation) => $"v1/federations/{Uri.EscapeDataString(federation)}";

    private static string Path(string federation, string participant) =>
        $"{Path(federation)}/participants/{Uri.EscapeDataString(participant)}";

    private static InvalidDataException Empty() => new("the server's answer is empty where it must not be");

    private SocketsHttpHandler CreateHandler(Uri[] servers, Action<ReadOnlyMemory<byte>>? onSend) => new()
    {
        ConnectTimeout = _timeouts.Connect,
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = Array.Exists(servers, server => server.Scheme == Uri.UriSchemeHttps),
        PooledConnectionIdleTimeout = _timeouts.Patience,
        // One connection carries everything in turn, and is where bytes are counted.
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new WireStream(new NetworkStream(socket, ownsSocket: true), Wire, onSend);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    private async Task<T?> SendAsync<T>(
        HttpMethod method, string path, HttpContent? content, TimeSpan wait, CancellationToken cancellationToken)
        where T : class
    {
        using var stall = new Stall(wait + _timeouts.Patience, _time, cancellationToken);
        return await stall.RunAsync(async () =>
        {
            using var request = new HttpRequestMessage(method, path) { Content = content };
            using var response = await SendAsync(request, stall);
            return response.StatusCode == HttpStatusCode.NoContent ? null : await ReadAsync<T>(response, stall.Token);
        });
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, Stall stall)
    {
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token);
        stall.Progress();
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await ProblemReader.ReadAsync(response, _time, stall.Token);
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(FedJson.Options, cancellationToken) ?? throw Empty();
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(
                $"{response.RequestMessage?.RequestUri} did not answer in the protocol's JSON ({error.Message}); "
                + "check that --server names a FedHier silo of this version",
                error);
        }
    }
}

/// <summary>What a silo says of itself.</summary>
/// <param name="Status"><c>ready</c>.</param>
/// <param name="Runtime">Under its actors: <c>orleans</c>.</param>
public sealed record ServerHealth(string Status, string Version, string Runtime);

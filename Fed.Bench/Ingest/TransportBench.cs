using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Fed.Client.Protocol;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Core.Blocks;
using Fed.Core.Codecs;

namespace Fed.Bench.Ingest;

/// <summary><c>fed bench transport</c>: the same updates over HTTP and from an Orleans client.</summary>
internal static class TransportCommand
{
    public static Command Create()
    {
        var json = JsonFile.Option();
        var megabytes = WholeNumber.Option("--mb", "of each update, in 10^6 bytes", 1, 1000, 20);
        var updates = WholeNumber.Option("--updates", "measured, after three to warm up", 1, 1000, 30);
        var folder = new Option<DirectoryInfo>("--folder")
        {
            Description = "on the disk that is to be measured; the silo's data stand there while it runs",
            DefaultValueFactory = _ => new DirectoryInfo(Path.GetTempPath()),
            HelpName = "FOLDER",
        };
        var command = new Command(
            "transport", "updates over HTTP and from an Orleans client, one after the other, to a silo (a minute)")
        {
            json, megabytes, updates, folder,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var bench = new TransportBench(
                parsed.GetValue(megabytes), parsed.GetValue(updates), parsed.GetValue(folder)!.FullName);
            try
            {
                Console.WriteLine(TransportRow.Head);
                var rows = new List<TransportRow>();
                foreach (var orleans in new[] { false, true })
                {
                    rows.Add(await bench.RunAsync(orleans, cancellation));
                    Console.WriteLine(rows[^1]);
                }

                JsonFile.Write(parsed.GetValue(json), new { rows });
                return 0;
            }
            catch (Exception error) when (error is HttpRequestException or ProtocolException or IOException)
            {
                await Console.Error.WriteLineAsync($"fed bench: {error.Message}");
                return 1;
            }
        });
        return command;
    }
}

/// <summary>What a way in costs.</summary>
/// <param name="Transport"><c>http</c> or <c>orleans</c>.</param>
/// <param name="UpdateMb">10^6 bytes of one update.</param>
/// <param name="MbPerSecond">By the clock, from opening the file to the receipt, durable.</param>
/// <param name="SiloCpuSeconds">Of one update.</param>
/// <param name="ClientCpuSeconds">Of one update.</param>
/// <param name="SiloRssMb">10^6 bytes resident before the first measured update.</param>
/// <param name="SiloPeakMb">10^6 bytes resident at most, since the silo's start.</param>
public sealed record TransportRow(
    string Transport,
    double UpdateMb,
    double MbPerSecond,
    double SiloCpuSeconds,
    double ClientCpuSeconds,
    double SiloRssMb,
    double SiloPeakMb)
{
    internal static string Head { get; } =
        $"{"transport",-10}{"update MB",10}{"MB/s",8}{"silo CPU s",12}{"client CPU s",14}{"silo MB",9}{"peak MB",9}";

    public override string ToString() =>
        $"{Transport,-10}{UpdateMb,10:0.0}{MbPerSecond,8:0}{SiloCpuSeconds,12:0.000}{ClientCpuSeconds,14:0.000}"
        + $"{SiloRssMb,9:0}{SiloPeakMb,9:0}";
}

/// <summary>
/// Each participant sends one update, encoded and signed before the clock runs. One more than sends is waited for, so
/// that no fold is measured.
/// </summary>
internal sealed class TransportBench(int megabytes, int updates, string folder)
{
    private const int WarmUp = 3;

    private readonly LoadSettings _settings = new(
        "transport",
        megabytes * 1_000_000L,
        Clusters: 1,
        Participants: WarmUp + updates + 1,
        Goal: WarmUp + updates + 1,
        GlobalGoal: 1,
        FederationMode.Async);

    public async Task<TransportRow> RunAsync(bool orleans, CancellationToken cancellation)
    {
        var gateway = FreePort();
        await using var silo = await SiloUnderLoad.StartAsync(
            folder,
            new Dictionary<string, string>
            {
                ["FED_Orleans__Endpoints__GatewayPort"] = gateway.ToString(CultureInfo.InvariantCulture),
            },
            cancellation);
        using var http = new FederationClient(silo.Address);
        var description = await http.CreateAsync(_settings.Federation(), cancellation);
        // One key for all: who signs is not what is measured.
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using IFederationServer client = orleans
            ? new OrleansFederationClient(
                new OrleansGateways([new DnsEndPoint("127.0.0.1", gateway)]), LoadSettings.ParticipantName(0), key)
            : new FederationClient(silo.Address);
        var file = Path.Combine(folder, $"fed-transport-{Guid.NewGuid():N}");
        try
        {
            var bytes = 0L;
            for (var number = 0; number < WarmUp; number++)
                await SendAsync(client, key, description, number, file, cancellation);
            var (resident, siloTime) = (silo.RssMb, silo.ProcessorTime);
            var (clientTime, clock) = (TimeSpan.Zero, TimeSpan.Zero);
            for (var number = WarmUp; number < WarmUp + updates; number++)
            {
                var sent = await SendAsync(client, key, description, number, file, cancellation);
                bytes += sent.Bytes;
                clock += sent.Clock;
                clientTime += sent.Processor;
            }

            return new TransportRow(
                orleans ? "orleans" : "http",
                Math.Round(bytes / 1e6 / updates, 1),
                Math.Round(bytes / 1e6 / clock.TotalSeconds, 1),
                Math.Round((silo.ProcessorTime - siloTime).TotalSeconds / updates, 4),
                Math.Round(clientTime.TotalSeconds / updates, 4),
                resident,
                silo.PeakMb);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private async Task<(long Bytes, TimeSpan Clock, TimeSpan Processor)> SendAsync(
        IFederationServer client,
        ECDsa key,
        FederationDescription description,
        int number,
        string file,
        CancellationToken cancellation)
    {
        var name = LoadSettings.ParticipantName(number);
        await client.EnrolAsync(
            _settings.Name,
            name,
            new EnrolmentRequest(
                _settings.ClusterOf(number),
                LoadSettings.Task,
                Convert.ToBase64String(key.ExportSubjectPublicKeyInfo())),
            cancellation);
        var update = SignedUpdate.Sign(key, _settings.Name, name, 1, file, Encode(description, number, file));
        var (clock, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        await client.SendUpdateAsync(_settings.Name, name, update, cancellation);
        return (
            new FileInfo(file).Length,
            Stopwatch.GetElapsedTime(clock),
            Environment.CpuUsage.TotalTime - processor);
    }

    /// <returns>The SHA-256 of what now stands in the file.</returns>
    private static string Encode(FederationDescription description, int number, string file)
    {
        var random = new Random(number);
        var delta = new float[description.Parameters];
        foreach (ref var value in delta.AsSpan())
            value = (random.NextSingle() - 0.5f) * MathF.ScaleB(1, -LoadSettings.FractionalBits - 1);
        using var stream = new FileStream(file, FileMode.Create, FileAccess.ReadWrite);
        UpdateWriter.Write(
            stream, delta, BlockCodecs.ByName("float32"), 1, description.InitialModel, description.LayoutHash);
        stream.Position = 0;
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

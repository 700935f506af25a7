using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fed.Tests.Silo.Telemetry;

/// <summary>A span that came, as far as tests look at it.</summary>
/// <param name="Trace">Hexadecimal, as the ids are.</param>
/// <param name="Parent">Empty: none.</param>
internal sealed record OtlpSpan(string Trace, string Id, string Parent, string Name);

/// <summary>Keeps what is sent to it by OTLP over HTTP.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private readonly List<(string Path, byte[] Body)> _received = [];
    private readonly WebApplication _app;

    private OtlpCollector()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(ReceiveAsync);
    }

    /// <summary>What a process is told, to send everything here.</summary>
    public Dictionary<string, string> Environment => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Address,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
    };

    /// <summary>As text, in which names stand as they are.</summary>
    public string Metrics => Text("/v1/metrics");

    /// <summary>Likewise.</summary>
    public string Traces => Text("/v1/traces");

    /// <summary>ExportTraceServiceRequest, ResourceSpans, ScopeSpans, Span: opentelemetry-proto, trace.proto.</summary>
    public IReadOnlyList<OtlpSpan> Spans =>
    [
        .. Bodies("/v1/traces")
            .SelectMany(body => Fields(body, 1)).SelectMany(resource => Fields(resource, 2))
            .SelectMany(scope => Fields(scope, 2))
            .Select(span => new OtlpSpan(
                Hex(span, 1), Hex(span, 2), Hex(span, 4), Encoding.UTF8.GetString(One(span, 5)))),
    ];

    private string Address => _app.Services.GetRequiredService<IServer>()
        .Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public static async Task<OtlpCollector> StartAsync()
    {
        var collector = new OtlpCollector();
        await collector._app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static string Hex(byte[] message, int field) => Convert.ToHexStringLower(One(message, field));

    private static byte[] One(byte[] message, int field) => Fields(message, field).FirstOrDefault([]);

    /// <summary>The values of a field that have a length, in the wire format of protocol buffers.</summary>
    private static IEnumerable<byte[]> Fields(byte[] message, int field)
    {
        for (var at = 0; at < message.Length;)
        {
            var key = Varint(message, ref at);
            switch (key & 7)
            {
                case 0:
                    Varint(message, ref at);
                    break;
                case 1:
                    at += 8;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    var length = (int)Varint(message, ref at);
                    if (key >> 3 == (ulong)field)
                        yield return message[at..(at + length)];
                    at += length;
                    break;
            }
        }
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var part = message[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }
    }

    private string Text(string path) => string.Concat(Bodies(path).Select(Encoding.Latin1.GetString));

    private byte[][] Bodies(string path)
    {
        lock (_received)
            return [.. _received.Where(one => one.Path == path).Select(one => one.Body)];
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        lock (_received)
            _received.Add((context.Request.Path, body.ToArray()));
    }
}

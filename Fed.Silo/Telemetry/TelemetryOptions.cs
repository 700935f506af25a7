using System.Collections;
using System.Globalization;
using System.Net;
using Fed.Silo.Hosting;

namespace Fed.Silo.Telemetry;

/// <summary>What a silo tells of itself, by the section <c>FED_Telemetry</c> of the configuration.</summary>
public sealed record TelemetryOptions
{
    public const string Section = "Telemetry";

    /// <summary>OpenTelemetry's own: where metrics and traces are sent by OTLP. Empty: nowhere.</summary>
    public const string OtlpVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>OpenTelemetry's own, too: by which of its protocols.</summary>
    private const string ProtocolVariable = "OTEL_EXPORTER_OTLP_PROTOCOL";

    /// <summary>
    /// An address of its own for <c>/metrics</c>, for whoever reaches it; null: on the gateway's, for its own machine.
    /// </summary>
    public IPEndPoint? Listen { get; init; }

    /// <summary>Series of each participant: as many as all rosters are long.</summary>
    public bool Participants { get; init; }

    /// <summary>Whether <see cref="OtlpVariable"/> says where.</summary>
    public bool SendsOtlp { get; init; }

    /// <summary>With what the configuration and OpenTelemetry's variable say in place of these.</summary>
    /// <exception cref="ArgumentException">A setting is unknown, or no address or truth value.</exception>
    public TelemetryOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetKnownSection(Section, [nameof(Listen), nameof(Participants)]);
        return new TelemetryOptions
        {
            Listen = section[nameof(Listen)] is { Length: > 0 } listen ? ParseAddress(listen) : Listen,
            Participants = section[nameof(Participants)] is { Length: > 0 } each ? ParseTruth(each) : Participants,
            SendsOtlp = NamesCollector(configuration[OtlpVariable], configuration[ProtocolVariable]) || SendsOtlp,
        };
    }

    /// <summary>Whether the variables of this process name a collector.</summary>
    /// <inheritdoc cref="NamesCollector(string?, string?)" path="/exception"/>
    public static bool NamesCollector() => NamesCollector(
        Environment.GetEnvironmentVariable(OtlpVariable), Environment.GetEnvironmentVariable(ProtocolVariable));

    /// <param name="otlp">What <see cref="OtlpVariable"/> says; null or empty: nothing.</param>
    /// <param name="protocol">What <see cref="ProtocolVariable"/> says; null or empty: gRPC.</param>
    /// <exception cref="ArgumentException">It is no address, or there is no such protocol.</exception>
    internal static bool NamesCollector(string? otlp, string? protocol)
    {
        if (string.IsNullOrEmpty(otlp))
            return false;
        if (!Uri.TryCreate(otlp, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException(
                $"{OtlpVariable} is '{otlp}'; give the http or https address of a collector, such as "
                + "http://127.0.0.1:4317");
        }

        // OpenTelemetry's exporter passes over what it does not know, and speaks gRPC.
        return string.IsNullOrEmpty(protocol) || protocol is "grpc" or "http/protobuf"
            ? true
            : throw new ArgumentException($"{ProtocolVariable} is '{protocol}'; it must be grpc or http/protobuf");
    }

    /// <summary>OpenTelemetry's variables of this process, for a configuration that has no others than ours.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> OpenTelemetryVariables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(variable => ((string)variable.Key).StartsWith("OTEL_", StringComparison.Ordinal))
            .Select(variable => KeyValuePair.Create((string)variable.Key, (string?)variable.Value));

    /// <summary>The environment variable of a setting.</summary>
    public static string Variable(string name) => $"FED_{Section}__{name}";

    private static IPEndPoint ParseAddress(string text)
    {
        // Not IPEndPoint.Parse, which takes a bare number for an address.
        var colon = text.LastIndexOf(':');
        return colon > 0
            && IPAddress.TryParse(text[..colon], out var address) && text[..colon].AsSpan().IndexOfAny('.', ':') >= 0
            && ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                ? new IPEndPoint(LocalAddress.Require(address, Variable(nameof(Listen))), port)
                : throw new ArgumentException(
                    $"{Variable(nameof(Listen))} is '{text}'; give an IP address and a port, such as 0.0.0.0:9464 or "
                    + "[::]:9464; port 0 takes a free one");
    }

    private static bool ParseTruth(string text) => bool.TryParse(text, out var value)
        ? value
        : throw new ArgumentException(
            $"{Variable(nameof(Participants))} is '{text}'; it must be true or false");
}

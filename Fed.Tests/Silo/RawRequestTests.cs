using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Fed.Tests.Silo;

/// <summary>Requests that no HTTP library would send.</summary>
public sealed class RawRequestTests(SharedSilo shared) : IClassFixture<SharedSilo>
{
    private const string Enrolment = "/v1/federations/none/participants/a/enrolment";

    public static TheoryData<string, string, int, string> Bad { get; } = new()
    {
        {
            "two lengths",
            $"PUT {Enrolment} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
            400,
            "invalidRequest"
        },
        { "zero in the path", "GET /v1/federations/%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "invalidRequest" },
        { "raw path", "GET /v1/federations/gr\u00fcn HTTP/1.1\r\nHost: a\r\n\r\n", 400, "invalidRequest" },
        { "long path", $"GET /{new string('a', 10_000)} HTTP/1.1\r\nHost: a\r\n\r\n", 414, "uriTooLong" },
        {
            "65 headers",
            "GET /v1/federations HTTP/1.1\r\nHost: a\r\n"
            + string.Concat(Enumerable.Range(1, 64).Select(i => $"a{i}: b\r\n")) + "\r\n",
            431,
            "headersTooLarge"
        },
        {
            "long headers",
            $"GET /v1/federations HTTP/1.1\r\nHost: a\r\na: {new string('b', 20_000)}\r\n\r\n",
            431,
            "headersTooLarge"
        },
        { "no host", "GET /v1/federations HTTP/1.1\r\n\r\n", 400, "invalidRequest" },
        { "two hosts", "GET /v1/federations HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "invalidRequest" },
        { "no HTTP", "hello\r\n\r\n", 400, "invalidRequest" },
        { "another HTTP", "GET / HTTP/1.7\r\nHost: a\r\n\r\n", 505, "httpVersionUnsupported" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Request_ThatIsMalformed_IsAnsweredByAProblem(string what, string request, int status, string code)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(shared.Silo.Host.Address.Host, shared.Silo.Host.Address.Port);
        var stream = client.GetStream();

        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));

        var (head, body) = await ReadAsync(stream);
        Assert.True(head.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal), $"{what}: {head}");
        Assert.Contains("Content-Type: application/problem+json", head, StringComparison.Ordinal);
        var problem = JsonNode.Parse(body)!;
        Assert.Equal((status, code), ((int)problem["status"]!, (string?)problem["code"]));
        Assert.NotEmpty((string?)problem["detail"] ?? "");
        Assert.NotEmpty((string?)problem["remedy"] ?? "");
    }

    [Fact]
    public async Task Connection_AfterGoodRequests_IsToldWhatIsWrongWithTheNext()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(shared.Silo.Host.Address.Host, shared.Silo.Host.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"u8.ToArray());
        var (first, _) = await ReadAsync(stream, chunked: true);

        await stream.WriteAsync("GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        var (second, body) = await ReadAsync(stream);

        Assert.StartsWith("HTTP/1.1 200 ", first, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400 ", second, StringComparison.Ordinal);
        Assert.Contains("invalidRequest", body, StringComparison.Ordinal);
    }

    /// <summary>One answer; the connection may stay open behind it, or be reset.</summary>
    private static async Task<(string Head, string Body)> ReadAsync(NetworkStream stream, bool chunked = false)
    {
        var head = await ReadToAsync(stream, "\r\n\r\n");
        if (chunked)
            return (head, await ReadToAsync(stream, "\r\n0\r\n\r\n"));
        var length = head.Split("\r\n")
            .Single(line => line.StartsWith("Content-Length: ", StringComparison.Ordinal))["Content-Length: ".Length..];
        var body = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body);
        return (head, Encoding.UTF8.GetString(body));
    }

    private static async Task<string> ReadToAsync(NetworkStream stream, string end)
    {
        var read = new StringBuilder();
        var next = new byte[1];
        while (!read.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(next);
            read.Append((char)next[0]);
        }

        return read.ToString();
    }
}

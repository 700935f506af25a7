using System.Net;
using System.Net.Sockets;
using System.Text;
using Fed.Cli;
using Fed.Cli.Commands;
using Fed.Client;
using Fed.Client.Protocol;
using Fed.Contracts.Collection;
using Fed.Tests.Client.Chaos;

namespace Fed.Tests.Client;

/// <summary>What becomes of <c>--server</c>.</summary>
public sealed class ServerAddressTests
{
    [Theory]
    [InlineData("", "/v1/federations/f/channels")]
    [InlineData("/", "/v1/federations/f/channels")]
    [InlineData("/base/x", "/base/x/v1/federations/f/channels")]
    [InlineData("/base/x/", "/base/x/v1/federations/f/channels")]
    [InlineData("/a%20b", "/a%20b/v1/federations/f/channels")]
    public async Task Request_BehindAProxysPath_BeginsWithIt(string path, string asked)
    {
        var line = await RequestLineAsync(
            path, "[]", client => client.ChannelsAsync("f", CancellationToken.None));

        Assert.Equal($"GET {asked} HTTP/1.1", line);
    }

    [Fact]
    public async Task Collection_BehindAProxysPath_BeginsWithIt()
    {
        const string report = "{}";

        var line = await RequestLineAsync("/base", report, async client =>
        {
            await Assert.ThrowsAnyAsync<Exception>(() => client.CollectAsync(
                new CollectionRequest { By = "a", Reason = "b" }, CancellationToken.None));
        });

        Assert.Equal("POST /base/v1/gc HTTP/1.1", line);
    }

    [Theory]
    [InlineData("127.0.0.1:18080", "--server is '127.0.0.1:18080'; give an address like http://127.0.0.1:8080")]
    [InlineData("localhost:18080", "--server is 'localhost:18080'; give an address like http://127.0.0.1:8080")]
    [InlineData("tess:secret@localhost", "--server is 'localhost'; give an address like")]
    [InlineData("http://tess:secret@localhost:8080", "--server has a user name or a password before the host")]
    public async Task Option_ThatIsNoAddress_SaysSoAndRepeatsNoSecret(string server, string expected)
    {
        foreach (var command in new[] { "doctor", "admin status --federation f", "top" })
        {
            var parsed = CommandLine.Create().Parse([.. command.Split(' '), "--server", server]);
            var complaint = CommandLine.Complaints(parsed)[0];
            Assert.Contains(expected, complaint, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", complaint, StringComparison.Ordinal);
        }

        var (code, _, error) = await FedProcess.RunAsync(
            [], "join", "--server", server, "--federation", "f", "--cluster", "c", "--participant", "me", "--data", ".");
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080/?a=b")]
    [InlineData("http://127.0.0.1:8080/#part")]
    [InlineData("http://user@127.0.0.1:8080")]
    [InlineData("ftp://127.0.0.1")]
    public void Address_WithWhatCannotBeHonoured_IsRefused(string address)
    {
        var error = Assert.Throws<ArgumentException>(() => new FederationClient(new Uri(address)));

        Assert.Contains(address, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Https_ToAPlainPort_SaysSoInOneLine()
    {
        using var plain = new TcpListener(IPAddress.Loopback, 0);
        plain.Start();
        var answer = AnswerAsync(plain, "nothing of TLS");
        using var client = new FederationClient(new Uri($"https://{plain.LocalEndpoint}"));

        var error = await Assert.ThrowsAsync<HttpRequestException>(
            () => client.ChannelsAsync("f", CancellationToken.None));
        await answer;

        var (code, message) = Failures.Explain(error);
        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains("--server http://", message, StringComparison.Ordinal);
        Assert.DoesNotContain("inner exception", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static async Task<string> RequestLineAsync(string path, string json, Func<FederationClient, Task> ask)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var answer = AnswerAsync(
            server,
            $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\n\r\n{json}");
        using var client = new FederationClient(new Uri($"http://{server.LocalEndpoint}{path}"));
        await ask(client);
        return (await answer).Split("\r\n")[0];
    }

    /// <summary>Answers the first request on a listener, however it goes on.</summary>
    /// <returns>How the request began.</returns>
    private static async Task<string> AnswerAsync(TcpListener listener, string text)
    {
        using var connection = await listener.AcceptTcpClientAsync();
        var stream = connection.GetStream();
        var buffer = new byte[8192];
        var read = await stream.ReadAsync(buffer);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
        return Encoding.ASCII.GetString(buffer, 0, read);
    }
}

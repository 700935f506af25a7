using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fed.Tests.Silo;

/// <summary>What goes wrong around an upload rather than in it.</summary>
public sealed class BrokenUploadTests
{
    [Fact]
    public async Task Upload_WhoseConnectionEndsHalfWay_LeavesNothing()
    {
        await using var silo = await TestSilo.StartAsync();
        var federation = await TestFederation.CreateAsync(silo, TestSilo.Settings());
        using var participant = await federation.EnrolAsync();
        var body = TestParticipant.Update(federation.InitialModel);
        var before = silo.BlobFiles();
        using var client = new TcpClient();
        await client.ConnectAsync(silo.Host.Address.Host, silo.Host.Address.Port);
        var stream = client.GetStream();

        await stream.WriteAsync(Encoding.ASCII.GetBytes(Head(participant.Request(1, body))));
        await stream.WriteAsync(body.AsMemory(0, body.Length / 2));
        client.Client.Shutdown(SocketShutdown.Send);

        // The server has nobody to answer: it resets the connection. Once stopped it has ended every request.
        await Assert.ThrowsAnyAsync<IOException>(async () => await stream.ReadExactlyAsync(new byte[1]));
        await silo.Host.StopAsync(CancellationToken.None);
        Assert.Equal(before, silo.BlobFiles());
    }

    [Fact]
    public async Task Upload_WhileTheStorageIsAway_IsWorthARetry()
    {
        await using var silo = await TestSilo.StartAsync();
        var federation = await TestFederation.CreateAsync(silo, TestSilo.Settings());
        using var participant = await federation.EnrolAsync();
        var body = TestParticipant.Update(federation.InitialModel);
        var temporary = Path.Combine(silo.Options.Blobs.Root, "tmp");
        Directory.Delete(temporary, recursive: true);

        using (var refused = await participant.SendAsync(1, body))
        {
            await refused.ShouldBeProblem(HttpStatusCode.ServiceUnavailable, "storageUnavailable");
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        Directory.CreateDirectory(temporary);
        using var accepted = await participant.SendAsync(1, body);
        Assert.Equal(HttpStatusCode.Created, accepted.StatusCode);
    }

    private static string Head(HttpRequestMessage request)
    {
        var head = new StringBuilder($"PUT {request.RequestUri} HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        // Asking for the length makes the content add it to its headers.
        head.Append($"Content-Length: {request.Content!.Headers.ContentLength}\r\n");
        foreach (var (name, values) in request.Headers.Concat(request.Content.Headers))
        {
            if (name != "Content-Length")
                head.Append($"{name}: {values.Single()}\r\n");
        }

        return head.Append("\r\n").ToString();
    }
}

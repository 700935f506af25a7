using System.Globalization;
using System.Text;

namespace Fed.Tests.Client;

/// <summary>One request as it stood on the wire.</summary>
internal sealed record RecordedRequest(string Method, string Path, int HeadBytes, int WireBytes, byte[] Body)
{
    /// <summary>Cuts what one connection has sent into requests; every byte belongs to one.</summary>
    public static IReadOnlyList<RecordedRequest> Parse(byte[] wire)
    {
        var requests = new List<RecordedRequest>();
        for (var start = 0; start < wire.Length;)
        {
            var headEnd = wire.AsSpan(start).IndexOf("\r\n\r\n"u8) + 4;
            var lines = Encoding.ASCII.GetString(wire, start, headEnd).Split("\r\n");
            var words = lines[0].Split(' ');
            var (body, bodyBytes) = ReadBody(wire.AsSpan(start + headEnd), lines);
            requests.Add(new RecordedRequest(words[0], words[1], headEnd, headEnd + bodyBytes, body));
            start += headEnd + bodyBytes;
        }

        return requests;
    }

    private static (byte[] Body, int Bytes) ReadBody(ReadOnlySpan<byte> rest, string[] lines)
    {
        if (lines.FirstOrDefault(line => line.StartsWith("Content-Length: ", StringComparison.Ordinal)) is { } length)
        {
            var count = int.Parse(length["Content-Length: ".Length..], CultureInfo.InvariantCulture);
            // An update that its headers alone had refused has no body.
            return lines.Contains("Expect: 100-continue") && !rest.StartsWith("FEDB"u8)
                ? ([], 0)
                : (rest[..count].ToArray(), count);
        }

        return lines.Contains("Transfer-Encoding: chunked") ? ReadChunks(rest) : ([], 0);
    }

    private static (byte[] Body, int Bytes) ReadChunks(ReadOnlySpan<byte> rest)
    {
        using var body = new MemoryStream();
        for (var at = 0; ;)
        {
            var lineEnd = rest[at..].IndexOf("\r\n"u8);
            var size = int.Parse(Encoding.ASCII.GetString(rest.Slice(at, lineEnd)), NumberStyles.HexNumber);
            at += lineEnd + 2;
            body.Write(rest.Slice(at, size));
            at += size + 2;
            if (size == 0)
                return (body.ToArray(), at);
        }
    }
}

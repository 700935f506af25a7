using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Fed.Core.Text;

/// <summary>JSON as people's editors write it: UTF-8, with or without a byte order mark, and places in it.</summary>
public static class JsonText
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The text without a byte order mark.</summary>
    /// <exception cref="JsonException">A byte is no UTF-8. Read on, it would become U+FFFD, and a name another name.
    /// The message says where; it has no path.</exception>
    public static ReadOnlySpan<byte> RequireUtf8(ReadOnlySpan<byte> json)
    {
        if (json.StartsWith(ByteOrderMark))
            json = json[ByteOrderMark.Length..];
        if (Utf8.IsValid(json))
            return json;
        var at = 0;
        while (Rune.DecodeFromUtf8(json[at..], out _, out var length) == OperationStatus.Done)
            at += length;
        var (line, column) = PlaceOf(json, at);
        throw new JsonException(
            $"line {line}, column {column} has the byte 0x{json[at]:X2}, which is no UTF-8; save it as UTF-8");
    }

    /// <summary>Line and column, in characters, of a byte; both from 1.</summary>
    /// <param name="offset">0 to the length of the text.</param>
    public static (int Line, int Column) PlaceOf(ReadOnlySpan<byte> json, int offset)
    {
        var before = json[..offset];
        var start = before.LastIndexOf((byte)'\n') + 1;
        return (before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[start..]) + 1);
    }

    /// <summary>Where a line and a byte in it, both from 0 as the parser counts them, are in the text.</summary>
    /// <returns>At most the length of the text.</returns>
    public static int OffsetOf(ReadOnlySpan<byte> json, long line, long byteInLine)
    {
        var start = 0;
        for (; line > 0; line--)
        {
            var end = json[start..].IndexOf((byte)'\n');
            if (end < 0)
                return json.Length;
            start += end + 1;
        }

        return (int)Math.Min(json.Length, start + byteInLine);
    }
}

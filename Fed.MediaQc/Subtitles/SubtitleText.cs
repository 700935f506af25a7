using System.Text;

namespace Fed.MediaQc.Subtitles;

/// <summary>The text of a subtitle file, and what it was encoded in.</summary>
/// <param name="Encoding"><c>utf-8</c>, <c>utf-16</c>, <c>utf-16BE</c>, <c>utf-32</c> or <c>windows-1252</c>.</param>
/// <param name="HasMark">Whether it begins with a byte order mark.</param>
/// <param name="IsGuess">Whether nothing in the file says so: it is no UTF-8, and of what is left this is the most
/// usual.</param>
public sealed record SubtitleText(string Text, string Encoding, bool HasMark, bool IsGuess)
{
    private static readonly Encoding s_utf8 = new UTF8Encoding(false, throwOnInvalidBytes: true);

    private static readonly (byte[] Mark, Encoding Encoding)[] s_marks =
    [
        ([0xEF, 0xBB, 0xBF], System.Text.Encoding.UTF8),
        // Before UTF-16, whose mark it begins with.
        ([0xFF, 0xFE, 0, 0], new UTF32Encoding(bigEndian: false, byteOrderMark: true)),
        ([0xFF, 0xFE], new UnicodeEncoding(bigEndian: false, byteOrderMark: true)),
        ([0xFE, 0xFF], new UnicodeEncoding(bigEndian: true, byteOrderMark: true)),
    ];

    /// <summary>What is damaged behind a mark is read with U+FFFD in its place.</summary>
    public static SubtitleText Decode(ReadOnlySpan<byte> bytes)
    {
        foreach (var (mark, encoding) in s_marks)
        {
            if (bytes.StartsWith(mark))
                return new(encoding.GetString(bytes[mark.Length..]), encoding.WebName, HasMark: true, IsGuess: false);
        }

        // Of cues in UTF-16 nearly every second byte is zero, as their numbers and times are ASCII.
        if (bytes.Length >= 4 && bytes[..4] is [0, not 0, 0, not 0] or [not 0, 0, not 0, 0])
        {
            var encoding = bytes[0] == 0 ? s_marks[3].Encoding : s_marks[2].Encoding;
            return new(encoding.GetString(bytes), encoding.WebName, HasMark: false, IsGuess: false);
        }

        try
        {
            return new(s_utf8.GetString(bytes), "utf-8", HasMark: false, IsGuess: false);
        }
        catch (DecoderFallbackException)
        {
            var western = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
            return new(western.GetString(bytes), "windows-1252", HasMark: false, IsGuess: true);
        }
    }
}

using System.Text.RegularExpressions;
using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Subtitles;

/// <summary>One subtitle.</summary>
/// <param name="Number">Its place in the file, from 1.</param>
/// <param name="Start">Seconds.</param>
/// <param name="End">Seconds; may lie before its start, as the file says it.</param>
/// <param name="Lines">Without markup and empty lines.</param>
public sealed record Cue(int Number, double Start, double End, IReadOnlyList<string> Lines);

/// <summary>Something in a file that is no cue and ought to be.</summary>
/// <param name="After">Seconds: the start of the cue before it.</param>
public sealed record SubtitleFault(double After, string Message);

/// <summary>A subtitle file: SubRip, WebVTT or TTML.</summary>
/// <param name="Format"><c>srt</c>, <c>vtt</c> or <c>ttml</c>.</param>
/// <param name="Language">As its name or the file itself says, such as <c>en</c> or <c>pt-BR</c>; null: neither
/// does.</param>
/// <param name="Cues">As they stand in the file.</param>
public sealed partial record SubtitleFile(
    string Format, string? Language, SubtitleText Text, IReadOnlyList<Cue> Cues, IReadOnlyList<SubtitleFault> Faults)
{
    /// <summary>More is no subtitle file.</summary>
    public const int MostBytes = 64 << 20;

    /// <exception cref="ScanException">It cannot be read, or is no subtitle file at all.</exception>
    public static SubtitleFile Read(string path)
    {
        byte[] bytes;
        using (var stream = ScanInput.Open(path))
        {
            if (stream.Length > MostBytes)
                throw new ScanException($"{path}: it has more than {MostBytes >> 20} MB, too many for subtitles");
            bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
        }

        var text = SubtitleText.Decode(bytes);
        var file = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".srt" => TimedTextReader.ReadSrt(text),
            ".vtt" => TimedTextReader.ReadVtt(text),
            _ => TtmlReader.Read(path, bytes, text),
        };
        if (file.Cues.Count == 0 && text.Text.Contains('\0', StringComparison.Ordinal))
            throw new ScanException($"{path}: it is no text, so there are no subtitles in it");
        return file with { Language = LanguageIn(path) ?? file.Language };
    }

    /// <summary>Of <c>film.de.srt</c> or <c>film.pt-BR.vtt</c>: the language; null where none stands there.</summary>
    public static string? LanguageIn(string path)
    {
        var ending = Path.GetExtension(Path.GetFileNameWithoutExtension(path)).TrimStart('.');
        return LanguageTag().IsMatch(ending) ? ending : null;
    }

    [GeneratedRegex("^[a-zA-Z]{2,3}([-_][a-zA-Z0-9]{2,8})*$")]
    private static partial Regex LanguageTag();
}

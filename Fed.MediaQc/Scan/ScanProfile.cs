using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fed.MediaQc.Audio;
using Fed.MediaQc.Files;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Programmes;

namespace Fed.MediaQc.Scan;

/// <summary>The limits of a delivery specification. What stands in none of its properties is not checked.</summary>
/// <param name="Dated">When the limits were looked up: specifications change.</param>
/// <param name="Source">Where they stand.</param>
public sealed record ScanProfile(
    string Name,
    DateOnly Dated,
    string Source,
    DecodeLimit? Decode = null,
    BlackLimit? Black = null,
    FreezeLimit? Freeze = null,
    FieldOrderLimit? FieldOrder = null,
    LevelsLimit? Levels = null,
    LoudnessLimit? Loudness = null,
    LoudnessRangeLimit? LoudnessRange = null,
    TruePeakLimit? TruePeak = null,
    SilenceLimit? Silence = null,
    ClippingLimit? Clipping = null,
    PhaseLimit? Phase = null,
    LearnedLimit? Learned = null,
    SubtitleLimits? Subtitles = null)
{
    public const string DefaultName = "ebu-r128";

    private const string Prefix = "scan-profile.";

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        AllowDuplicateProperties = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Those that are shipped, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(ScanProfile).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..^".json".Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>A shipped one by its name, else a file.</summary>
    /// <exception cref="DataFileException">It is neither, or a limit in it is out of its bounds.</exception>
    public static ScanProfile Read(string nameOrPath)
    {
        if (Names.Contains(nameOrPath))
            return Shipped(nameOrPath);
        if (!File.Exists(nameOrPath))
        {
            throw new DataFileException(
                nameOrPath,
                $"no profile is called so, nor is there such a file; shipped are {string.Join(", ", Names)}");
        }

        // A pipe would be waited for.
        if (new FileInfo(nameOrPath).Length == 0)
            throw new DataFileException(nameOrPath, "it is empty, or no file but a device or a pipe");
        var profile = JsonFile.Read<ScanProfile>(nameOrPath, s_json, "a profile");
        if (profile.Problems().FirstOrDefault() is { } problem)
            throw new DataFileException(nameOrPath, problem);
        return profile;
    }

    /// <summary>As text, to begin one's own with.</summary>
    public static string Text(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{Prefix}{name}.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>A line for each value that is out of its bounds, with property, value and bounds.</summary>
    public IEnumerable<string> Problems() => ((string?[])
    [
        Bound("black.seconds", Black?.Seconds, 0.01, 3600),
        Bound("black.pictureShare", Black?.PictureShare, 0, 1),
        Bound("black.pixelLevel", Black?.PixelLevel, 0, 1),
        Bound("freeze.seconds", Freeze?.Seconds, 0.01, 3600),
        Bound("freeze.difference", Freeze?.Difference, 0, 1),
        Bound("fieldOrder.share", FieldOrder?.Share, 0.01, 1),
        Bound("levels.share", Levels?.Share, 0, 1),
        Bound("loudness.target", Loudness?.Target, -70, 0),
        Bound("loudness.tolerance", Loudness?.Tolerance, 0, 30),
        Bound("loudnessRange.maximum", LoudnessRange?.Maximum, 0, 100),
        Bound("truePeak.maximum", TruePeak?.Maximum, -30, 10),
        Bound("silence.level", Silence?.Level, -120, 0),
        Bound("silence.seconds", Silence?.Seconds, 0.01, 3600),
        Bound("clipping.flatness", Clipping?.Flatness, 1, 100),
        Bound("clipping.level", Clipping?.Level, -120, 0),
        Bound("phase.correlation", Phase?.Correlation, -1, 1),
        Bound("phase.seconds", Phase?.Seconds, 0.01, 3600),
        .. Learned?.Pictures?.SelectMany(each => new[]
        {
            Fault("learned.pictures", each.Key, QcClasses.Names),
            Given($"learned.pictures.{each.Key}", each.Value),
            Bound($"learned.pictures.{each.Key}.share", each.Value?.Share, 0.01, 1),
            Bound($"learned.pictures.{each.Key}.seconds", each.Value?.Seconds, 0, 3600),
        }) ?? [],
        .. Learned?.Sound?.SelectMany(each => new[]
        {
            Fault("learned.sound", each.Key, AudioClasses.Names),
            Given($"learned.sound.{each.Key}", each.Value),
            Bound($"learned.sound.{each.Key}.probability", each.Value?.Probability, 0.01, 1),
            Bound($"learned.sound.{each.Key}.seconds", each.Value?.Seconds, 0, 3600),
        }) ?? [],
        Bound("learned.streams.soundEarly", Learned?.Streams?.SoundEarly, 0.04, 2),
        Bound("learned.streams.soundLate", Learned?.Streams?.SoundLate, 0.04, 2),
        Bound("learned.streams.cues", Learned?.Streams?.Cues, 0.04, 3),
        Bound("subtitles.minimumSeconds", Subtitles?.MinimumSeconds, 0, 60),
        Bound("subtitles.maximumSeconds", Subtitles?.MaximumSeconds, Subtitles?.MinimumSeconds ?? 0, 600),
        Bound("subtitles.minimumGapFrames", Subtitles?.MinimumGapFrames, 0, 100),
        Bound("subtitles.lines", Subtitles?.Lines, 1, 10),
        Bound("subtitles.lineLength", Subtitles?.LineLength, 1, 200),
        Bound("subtitles.charactersPerSecond", Subtitles?.CharactersPerSecond, 1, 100),
        .. Subtitles?.Languages.SelectMany(each => new[]
        {
            Given($"subtitles.languages.{each.Key}", each.Value),
            Bound($"subtitles.languages.{each.Key}.lineLength", each.Value?.LineLength, 1, 200),
            Bound($"subtitles.languages.{each.Key}.charactersPerSecond", each.Value?.CharactersPerSecond, 1, 100),
        }) ?? [],
    ]).OfType<string>();

    private static ScanProfile Shipped(string name) => JsonSerializer.Deserialize<ScanProfile>(Text(name), s_json)!;

    /// <param name="classes">Of the task; the first one is no fault.</param>
    private static string? Fault(string property, string name, IReadOnlyList<string> classes) =>
        classes.Skip(1).Contains(name)
            ? null
            : $"{property} has '{name}', which is not one of {string.Join(", ", classes.Skip(1))}";

    /// <summary>Properties that must not be null are refused in reading; values of a dictionary are not.</summary>
    private static string? Given(string property, object? value) =>
        value is null ? $"{property} is null; leave it out, or give its limits" : null;

    private static string? Bound(string property, double? value, double least, double most) =>
        value is { } given && !(given >= least && given <= most)
            ? FormattableString.Invariant($"{property} is {given}; it must be {least} to {most}")
            : null;
}

public sealed record DecodeLimit(Severity Severity);

/// <param name="Seconds">From this length on.</param>
/// <param name="PictureShare">Of the pixels that must be black, 0 to 1.</param>
/// <param name="PixelLevel">Luma up to which a pixel is black, of the range, 0 to 1.</param>
public sealed record BlackLimit(Severity Severity, double Seconds, double PictureShare, double PixelLevel);

/// <param name="Seconds">From this length on.</param>
/// <param name="Difference">Mean absolute difference of two pictures, of the range, up to which they are one.</param>
public sealed record FreezeLimit(Severity Severity, double Seconds, double Difference);

/// <param name="Share">Of the decided pictures that must be otherwise than the stream says.</param>
public sealed record FieldOrderLimit(Severity Severity, double Share);

/// <param name="Share">Of a picture's pixels that may be outside.</param>
public sealed record LevelsLimit(Severity Severity, double Share);

/// <param name="Target">LUFS.</param>
/// <param name="Tolerance">LU, either way.</param>
public sealed record LoudnessLimit(Severity Severity, double Target, double Tolerance);

/// <param name="Maximum">LU.</param>
public sealed record LoudnessRangeLimit(Severity Severity, double Maximum);

/// <param name="Maximum">dBTP.</param>
public sealed record TruePeakLimit(Severity Severity, double Maximum);

/// <param name="Level">dBFS below which it is silent.</param>
/// <param name="Seconds">From this length on.</param>
public sealed record SilenceLimit(Severity Severity, double Level, double Seconds);

/// <param name="Flatness">Mean length of runs of equal samples at the peaks of a tenth of a second, dB (20 log10 of
/// samples), from which on they count as cut.</param>
/// <param name="Level">dBFS; quieter peaks are not looked at, where runs are the resolution's.</param>
public sealed record ClippingLimit(Severity Severity, double Flatness, double Level);

/// <param name="Correlation">Up to which both channels are out of phase, -1 to 1.</param>
/// <param name="Seconds">From this length on.</param>
public sealed record PhaseLimit(Severity Severity, double Correlation, double Seconds);

/// <param name="Pictures">By class of the video task: the faults of pictures that are looked for; null: none is.</param>
/// <param name="Sound">By class of the audio task: the faults of sound that are looked for; null: none is.</param>
/// <param name="Streams">How far sound, pictures and subtitles may be apart; null: it is not looked for.</param>
public sealed record LearnedLimit(
    Severity Severity,
    IReadOnlyDictionary<string, PictureLimit>? Pictures = null,
    IReadOnlyDictionary<string, SoundLimit>? Sound = null,
    StreamLimit? Streams = null);

/// <param name="Share">Of the places looked at in which a model must see a fault, 0 to 1, on average over the
/// time.</param>
/// <param name="Seconds">For this long at least; up to 1: in a single second.</param>
public sealed record PictureLimit(double Share, double Seconds);

/// <param name="Probability">That a model must give a fault of sound, 0 to 1, on average over the time.</param>
/// <param name="Seconds">For this long at least; up to 1: in a single second.</param>
public sealed record SoundLimit(double Probability, double Seconds);

/// <param name="SoundEarly">Seconds by which sound may come before its pictures.</param>
/// <param name="SoundLate">Seconds by which it may come behind them.</param>
/// <param name="Cues">Seconds by which cues may be off either way.</param>
public sealed record StreamLimit(double SoundEarly, double SoundLate, double Cues)
{
    public bool Allows(Displacement displacement) => displacement.Stream == Modality.Cues
        ? Math.Abs(displacement.Seconds) < Cues
        : displacement.SoundBehindPicture > -SoundEarly && displacement.SoundBehindPicture < SoundLate;
}

/// <param name="Severity">Of what is too short, too fast, too close, or too long.</param>
/// <param name="Languages">By ISO 639-1 code: what differs there.</param>
public sealed record SubtitleLimits(
    Severity Severity,
    double MinimumSeconds,
    double MaximumSeconds,
    int MinimumGapFrames,
    int Lines,
    int LineLength,
    double CharactersPerSecond,
    IReadOnlyDictionary<string, LanguageLimits> Languages)
{
    public int LineLengthIn(string? language) => Of(language)?.LineLength ?? LineLength;

    public double CharactersPerSecondIn(string? language) => Of(language)?.CharactersPerSecond ?? CharactersPerSecond;

    private LanguageLimits? Of(string? language) =>
        language is not null && Languages.TryGetValue(LanguageCodes.TwoLetters(language), out var limits)
            ? limits
            : null;
}

public sealed record LanguageLimits(int? LineLength = null, double? CharactersPerSecond = null);

/// <summary>Languages as files tag them.</summary>
internal static class LanguageCodes
{
    /// <summary>ISO 639-2, both kinds, of languages that are spoken on television; then ISO 639-1.</summary>
    private static readonly Dictionary<string, string> s_two = (
        "eng en fra fr fre fr deu de ger de spa es ita it por pt nld nl dut nl swe sv nor no nob nb dan da fin fi "
        + "isl is ice is pol pl ces cs cze cs slk sk slo sk hun hu ron ro rum ro bul bg hrv hr srp sr slv sl mkd mk "
        + "mac mk sqi sq alb sq ell el gre el tur tr rus ru ukr uk bel be est et lav lv lit lt cat ca eus eu baq eu "
        + "glg gl gle ga cym cy wel cy ara ar heb he fas fa per fa hin hi urd ur ben bn tam ta tel te tha th vie vi "
        + "ind id msa ms may ms zho zh chi zh jpn ja kor ko kat ka geo ka hye hy arm hy")
        .Split(' ').Chunk(2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    /// <summary>Of "eng", "en", "en-GB", "pt_BR": the two letters; what is not known, as it stands.</summary>
    public static string TwoLetters(string language)
    {
        var code = language.Split('-', '_')[0].ToLowerInvariant();
        return s_two.GetValueOrDefault(code, code);
    }
}

using System.Globalization;

namespace Fed.MediaQc.Scan;

/// <summary>What the pass measured, held against the profile.</summary>
internal sealed class SignalChecks(SignalPass pass, MediaFile media, ScanProfile profile)
{
    /// <summary>One look at the levels, seconds.</summary>
    private const double LevelsStep = 0.5;

    /// <summary>One look at the sound, seconds: what ebur128 cuts it into.</summary>
    private const double SoundStep = 0.1;

    /// <summary>BS.1770's gating block, seconds: shorter sound has no loudness.</summary>
    private const double GatingBlock = 0.4;

    /// <summary>What ebur128 says where no block is above BS.1770's absolute gate, LUFS.</summary>
    private const double BelowGate = -70;

    /// <summary>Fewer decided pictures say nothing of the field order.</summary>
    private const int LeastFields = 25;

    /// <summary>Of interlaced pictures nearly all have the same field first.</summary>
    private const int FieldDominance = 9;

    private double End => media.Duration > 0 ? media.Duration : pass.Decoded;

    public IEnumerable<CheckResult> All()
    {
        if (profile.Decode is { } decode)
            yield return Decode(decode);
        var pictures = pass.Video is { } video ? Pictures(video) : Without(PictureChecks, "video", "no pictures");
        foreach (var result in pictures)
            yield return result;
        if (pass.Audio.Count == 0)
        {
            foreach (var result in Without(SoundChecks, "audio", "no sound"))
                yield return result;
        }

        foreach (var stream in pass.Audio)
        {
            foreach (var result in Sound(stream))
                yield return result;
        }
    }

    private IEnumerable<CheckInfo> PictureChecks => Wanted(
        (Checks.Black, profile.Black),
        (Checks.Freeze, profile.Freeze),
        (Checks.FieldOrder, profile.FieldOrder),
        (Checks.Levels, profile.Levels));

    private IEnumerable<CheckInfo> SoundChecks => Wanted(
        (Checks.Loudness, profile.Loudness),
        (Checks.LoudnessRange, profile.LoudnessRange),
        (Checks.TruePeak, profile.TruePeak),
        (Checks.Silence, profile.Silence),
        (Checks.Clipping, profile.Clipping),
        (Checks.Phase, profile.Phase));

    private static IEnumerable<CheckInfo> Wanted(params (CheckInfo Check, object? Limit)[] all) =>
        all.Where(each => each.Limit is not null).Select(each => each.Check);

    private static IEnumerable<CheckResult> Without(IEnumerable<CheckInfo> checks, string stream, string reason) =>
        checks.Select(check => CheckResult.NotApplicable(check, stream, reason));

    private CheckResult Decode(DecodeLimit limit)
    {
        var findings = new List<Finding>();
        if (pass.ComplaintCount > 0)
        {
            var complaints = string.Join(" | ", pass.Complaints);
            findings.Add(new(0, End, limit.Severity, pass.ComplaintCount, $"the decoder complains: {complaints}"));
        }

        // Sound ends some frames before or after the pictures.
        if (media.Duration - pass.Decoded > Math.Max(1, media.Duration / 50))
        {
            findings.Add(new(
                pass.Decoded,
                media.Duration,
                limit.Severity,
                null,
                Text($"the file says {media.Duration:0.0} s, of which {pass.Decoded:0.0} s can be decoded")));
        }

        return CheckResult.Of(Checks.Decode, "file", pass.ComplaintCount, "0", findings);
    }

    private IEnumerable<CheckResult> Pictures(MediaStream stream)
    {
        if (profile.Black is { } black)
        {
            yield return Stretches(
                Checks.Black, stream, "video", "black_start", "black_end", black.Severity, black.Seconds, "black");
        }

        if (profile.Freeze is { } freeze)
        {
            yield return Stretches(
                Checks.Freeze,
                stream,
                "video",
                "freezedetect.freeze_start",
                "freezedetect.freeze_end",
                freeze.Severity,
                freeze.Seconds,
                "the picture stands still");
        }

        if (profile.FieldOrder is { } fields)
            yield return Fields(stream, fields);
        if (profile.Levels is { } levels)
            yield return Levels(stream, levels);
    }

    private CheckResult Fields(MediaStream stream, FieldOrderLimit limit)
    {
        if (stream.FieldOrder is not { } said)
            return CheckResult.NotApplicable(Checks.FieldOrder, stream.Name, "the stream does not say its field order");
        var seen = pass.Read("fields").CountBy(line => line.Text).ToDictionary(StringComparer.Ordinal);
        int Of(string kind) => seen.GetValueOrDefault(kind);
        var decided = Of("tff") + Of("bff") + Of("progressive");
        if (decided < LeastFields)
            return CheckResult.NotApplicable(Checks.FieldOrder, stream.Name, "too little moves to tell");
        // Progressive pictures in an interlaced stream are usual; the wrong field first is not.
        var (wrong, found) = said switch
        {
            // Fine lines that move look interlaced, now one way, now the other.
            "progressive" when Of("tff") > FieldDominance * Of("bff") => (Of("tff"), "top field first"),
            "progressive" when Of("bff") > FieldDominance * Of("tff") => (Of("bff"), "bottom field first"),
            "progressive" => (0, ""),
            ['t', ..] => (Of("bff"), "bottom field first"),
            _ => (Of("tff"), "top field first"),
        };
        var share = (double)wrong / decided;
        return CheckResult.Of(
            Checks.FieldOrder,
            stream.Name,
            share,
            Text($"{limit.Share:0.##}"),
            share < limit.Share
                ? []
                :
                [
                    new(0, End, limit.Severity, share, Text(
                        $"the stream says {Words(said)}; {share:P0} of the pictures are {found}")),
                ]);

        static string Words(string order) => order switch
        {
            "progressive" => "progressive",
            ['t', ..] => "top field first",
            _ => "bottom field first",
        };
    }

    private CheckResult Levels(MediaStream stream, LevelsLimit limit)
    {
        if (!pass.MeasuresLevels)
        {
            return CheckResult.NotApplicable(
                Checks.Levels, stream.Name, $"it is for Y'CbCr of narrow range, this is {stream.PixelFormat}");
        }

        double worst = 0;
        var outside = new List<(double, double, double)>();
        foreach (var line in pass.Read("levels"))
        {
            var share = (line.Value ?? 0) / 250;
            worst = Math.Max(worst, share);
            if (share > limit.Share)
                outside.Add((line.Time, line.Time + LevelsStep, share));
        }

        return CheckResult.Of(
            Checks.Levels,
            stream.Name,
            worst,
            Text($"at most {limit.Share:0.####}"),
            Stretch.Join(outside, 0, limit.Severity, share => Text(
                $"{share:P1} of the picture is below 5 or above 246 (8 bits)")));
    }

    private IEnumerable<CheckResult> Sound(MediaStream stream)
    {
        double? integrated = null, range = null, peak = null, peakAt = null;
        var (level, end, parts) = (double.NegativeInfinity, 0.0, 1);
        var (momentary, shortTerm) = (new MeterReadings(0.4), new MeterReadings(3));
        var cut = new List<(double, double, double)>();
        foreach (var line in pass.Read($"audio{stream.Index}"))
        {
            end = line.Time + SoundStep;
            parts = line.Part + 1;
            switch (line.Key)
            {
                case "r128.M":
                    momentary.Add(line, SoundStep);
                    break;
                case "r128.S":
                    shortTerm.Add(line, SoundStep);
                    break;
                case "r128.I":
                    integrated = line.Value;
                    break;
                case "r128.LRA":
                    range = line.Value;
                    break;
                case "r128.true_peak" when line.Value is > 0 and var linear:
                    // The largest so far, of all channels, in this format.
                    peak = Math.Max(peak ?? double.NegativeInfinity, 20 * Math.Log10(linear));
                    if (peak > profile.TruePeak?.Maximum)
                        peakAt ??= line.Time;
                    break;
                case "astats.Overall.Peak_level":
                    level = line.Value ?? double.NegativeInfinity;
                    break;
                case "astats.Overall.Flat_factor" when profile.Clipping is { } clipping
                    && level >= clipping.Level && line.Value >= clipping.Flatness:
                    cut.Add((line.Time, line.Time + SoundStep, line.Value!.Value));
                    break;
                default:
                    break;
            }
        }

        // ffmpeg's are of the last format alone then.
        if (parts > 1)
        {
            integrated = ProgrammeLoudness.Integrated(momentary.Values);
            range = ProgrammeLoudness.Range(shortTerm.Values);
        }

        if (profile.Loudness is { } loudness)
            yield return Loudness(stream, loudness, integrated, end);
        if (profile.LoudnessRange is { } rangeLimit)
        {
            yield return range is null
                ? CheckResult.NotApplicable(Checks.LoudnessRange, stream.Name, "there is no sound to measure")
                : CheckResult.Of(
                    Checks.LoudnessRange,
                    stream.Name,
                    range,
                    Text($"at most {rangeLimit.Maximum} LU"),
                    range <= rangeLimit.Maximum
                        ? []
                        : [new(0, end, rangeLimit.Severity, range, Text($"the loudness range is {range:0.0} LU"))]);
        }

        if (profile.TruePeak is { } peakLimit)
        {
            yield return peak is null
                ? CheckResult.NotApplicable(Checks.TruePeak, stream.Name, "there is no sound to measure")
                : CheckResult.Of(
                    Checks.TruePeak,
                    stream.Name,
                    peak,
                    Text($"at most {peakLimit.Maximum} dBTP"),
                    peakAt is not { } at
                        ? []
                        :
                        [
                            new(at, at + SoundStep, peakLimit.Severity, peak, Text(
                                $"peaks reach {peak:0.0} dBTP, first here")),
                        ]);
        }

        if (profile.Silence is { } silence)
        {
            yield return Stretches(
                Checks.Silence,
                stream,
                $"audio{stream.Index}",
                "silence_start",
                "silence_end",
                silence.Severity,
                silence.Seconds,
                Text($"below {silence.Level} dBFS"));
        }

        if (profile.Clipping is { } cutLimit)
        {
            yield return CheckResult.Of(
                Checks.Clipping,
                stream.Name,
                null,
                Text($"below {cutLimit.Flatness} dB"),
                Stretch.Join(cut, 0, cutLimit.Severity, flat => Text(
                    $"the tops of waves are flat, {Math.Pow(10, flat / 20):0} equal samples in a row")));
        }

        if (profile.Phase is { } phase)
            yield return Phase(stream, phase);
    }

    private static CheckResult Loudness(MediaStream stream, LoudnessLimit limit, double? integrated, double end)
    {
        if (end < GatingBlock)
            return CheckResult.NotApplicable(Checks.Loudness, stream.Name, "it is shorter than 0.4 s, a gating block");
        if (integrated is not > BelowGate)
            return CheckResult.NotApplicable(Checks.Loudness, stream.Name, "nothing is louder than -70 LUFS");
        // As meters show it: a tenth.
        var off = Math.Round(integrated.Value, 1) - limit.Target;
        return CheckResult.Of(
            Checks.Loudness,
            stream.Name,
            integrated,
            Text($"{limit.Target} LUFS, {limit.Tolerance} LU either way"),
            Math.Abs(off) <= limit.Tolerance + 1e-9
                ? []
                :
                [
                    new(0, end, limit.Severity, integrated, Text(
                        $"{integrated:0.0} LUFS, {Math.Abs(off):0.0} LU too {(off > 0 ? "loud" : "quiet")}")),
                ]);
    }

    private CheckResult Phase(MediaStream stream, PhaseLimit limit)
    {
        if (stream.Channels != 2)
        {
            return CheckResult.NotApplicable(
                Checks.Phase, stream.Name, $"it is for two channels, this has {stream.Channels}");
        }

        var lines = pass.Read($"phase{stream.Index}").Where(line => line.Value is not null).ToArray();
        if (lines.Length == 0)
            return CheckResult.NotApplicable(Checks.Phase, stream.Name, "there is no sound to measure");
        var against = new List<(double, double, double)>();
        for (var at = 0; at < lines.Length; at++)
        {
            if (lines[at].Value <= limit.Correlation)
                against.Add((lines[at].Time, at + 1 < lines.Length ? lines[at + 1].Time : End, lines[at].Value!.Value));
        }

        return CheckResult.Of(
            Checks.Phase,
            stream.Name,
            lines.Average(line => line.Value),
            Text($"above {limit.Correlation} for {limit.Seconds} s"),
            Stretch.Join(
                against,
                limit.Seconds,
                limit.Severity,
                phase => Text($"left and right cancel each other (correlation {phase:0.00})"),
                worst: Math.Min));
    }

    /// <summary>Of a filter that tells of beginnings and ends.</summary>
    private CheckResult Stretches(
        CheckInfo check,
        MediaStream stream,
        string file,
        string start,
        string end,
        Severity severity,
        double least,
        string what)
    {
        var findings = new List<Finding>();
        double? begun = null;
        var part = 0;
        foreach (var line in pass.Read(file))
        {
            // Where the format changes the filter tells of no end either; it begins anew.
            if (line.Part != part && begun is not null)
                Add(pass.ChangeOf(stream, part + 1) ?? line.Time);
            part = line.Part;
            if (line.Key == start)
                begun = line.Value;
            else if (line.Key == end && begun is not null && line.Value is { } until)
                Add(until);
        }

        // Nor where the file ends.
        if (begun < End)
            Add(pass.ChangeOf(stream, part + 1) ?? End);
        return CheckResult.Of(
            check, stream.Name, findings.Sum(finding => finding.Measured), Text($"below {least} s"), findings);

        void Add(double until)
        {
            var from = Math.Max(0, begun!.Value);
            // blackdetect tells of the beginning of what turns out to be too short.
            if (until - from >= least)
                findings.Add(new(from, until, severity, until - from, Text($"{what} for {until - from:0.00} s")));
            begun = null;
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Net.Sockets;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Anonymise;

/// <summary>
/// Takes the pictures out of a file and puts others in their place: one ffmpeg decodes, another encodes, and what passes
/// between them is raw. Sound, subtitles and chapters are copied; all else that the file says of itself is left out.
/// </summary>
internal sealed class PictureTranscode(MediaFile media, SourcePictures source, PictureLayout layout)
{
    /// <param name="output">Name within the input's folder; null: nothing is written.</param>
    /// <param name="encoder">For the output.</param>
    /// <param name="pass">Reads the pictures, and writes as many.</param>
    /// <exception cref="ScanException">A picture could not be decoded or encoded: what stands in the output is of no
    /// use.</exception>
    public async Task RunAsync(
        InputLink input,
        string? output,
        PictureEncoder? encoder,
        Func<Stream, Stream, CancellationToken, Task> pass,
        CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var decoded = new MediaTap(input.Folder, "pictures.sock");
        using var blurred = output is null ? null : new MediaTap(input.Folder, "blurred.sock");
        var decoder = RunAsync(DecoderArguments(input, decoded), input, decoded, stop.Token);
        var writer = output is null
            ? Task.FromResult((Code: 0, Complaints: ""))
            : RunAsync(EncoderArguments(input, blurred!, output, encoder!), input, blurred!, stop.Token);
        try
        {
            var (hasBegun, broken) = (false, (IOException?)null);
            try
            {
                hasBegun = await decoded.TryReadAsync(
                    (from, token) => blurred is null
                        ? pass(from, Stream.Null, token)
                        : blurred.TryReadAsync((to, inner) => pass(from, to, inner), token),
                    stop.Token);
            }
            // The encoder has ended before its time: it says why.
            catch (IOException error) when (error.InnerException is SocketException)
            {
                (hasBegun, broken) = (true, error);
            }

            if (broken is not null)
                await Ended(writer);
            // Else the other one would wait for pictures, or for somebody who takes them.
            if (!hasBegun || broken is not null)
                await stop.CancelAsync();
            var (written, read) = (await Ended(writer), await Ended(decoder));
            if (hasBegun && (written.Code != 0 || broken is not null))
            {
                var why = written.Complaints.Length > 0 ? written.Complaints : read.Complaints;
                throw Failed("the blurred pictures cannot be written", why, broken);
            }

            if (!hasBegun || read.Code != 0 || read.Complaints.Length > 0)
                throw Failed("decoding broke", read.Complaints, null);
        }
        catch
        {
            await stop.CancelAsync();
            // The folder is the caller's to remove then.
            await Task.WhenAll((Task)decoder, writer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        ScanException Failed(string what, string complaints, Exception? inner)
        {
            var why = complaints.Length > 0 ? $": {InputLink.Rename(complaints, input, media.Path)}" : "";
            return new($"{media.Path}: {what}{why}; nothing was written", inner);
        }
    }

    /// <summary>When a run was ended by us, it has nothing to say.</summary>
    private static async Task<(int Code, string Complaints)> Ended(Task<(int Code, string Complaints)> run)
    {
        await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return run.IsCanceled ? (1, "") : await run;
    }

    private static async Task<(int Code, string Complaints)> RunAsync(
        IEnumerable<string> arguments, InputLink input, MediaTap tap, CancellationToken cancel)
    {
        try
        {
            return await MediaTool.RunAsync("ffmpeg", arguments, input.Folder, onLine: null, cancel);
        }
        finally
        {
            tap.Close();
        }
    }

    private IEnumerable<string> DecoderArguments(InputLink input, MediaTap tap)
    {
        // Where pictures change their size on the way, filters that were made anew would count time from there.
        var isOneGraph = !source.IsStill && source.Rotation % 360 == 0;
        var scale = isOneGraph ? $",scale={layout.Width}:{layout.Height}" : "";
        return
        [
            "-hide_banner", "-nostdin", "-v", "error", "-y", "-xerror", .. InputLink.Alone,
            .. isOneGraph ? ["-reinit_filter", "0"] : (string[])[], "-i", input.Name,
            "-map", $"0:{source.Stream}",
            .. source.IsStill
                ? ["-frames:v", "1"]
                : (string[])["-vf", $"setpts=PTS-STARTPTS{scale}", "-fps_mode", "cfr", "-r", source.Rate],
            "-c:v", "rawvideo", "-pix_fmt", layout.PixelFormat, "-f", "rawvideo", tap.Url,
        ];
    }

    private IEnumerable<string> EncoderArguments(InputLink input, MediaTap tap, string output, PictureEncoder encoder)
    {
        var filters = new List<string>();
        if (source.Tags.Length > 0)
            filters.Add($"setparams={source.Tags}");
        if (source.Aspect is { } aspect)
            filters.Add($"setsar={aspect.Replace(':', '/')}:max=100000");
        if (source.TopFirst is { } top)
            filters.Add($"setfield={(top ? "tff" : "bff")}");
        return
        [
            "-hide_banner", "-nostdin", "-v", "error", "-y", "-xerror",
            "-f", "rawvideo", "-pix_fmt", layout.PixelFormat, "-s", $"{layout.Width}x{layout.Height}",
            "-framerate", source.Rate, "-i", tap.Url,
            .. source.IsStill
                ? []
                : (string[])["-itsoffset", Seconds(-source.Offset), .. InputLink.Alone, "-i", input.Name],
            "-map", "0:v",
            .. source.IsStill
                ? ["-update", "1", "-frames:v", "1"]
                : (string[])["-map", "1:a?", .. Subtitles(output), "-map_chapters", "1", "-c:a", "copy"],
            "-map_metadata:g", "-1", "-map_metadata:s", "-1", .. AudioLanguages(),
            .. filters.Count > 0 ? ["-vf", string.Join(',', filters)] : (string[])[],
            .. encoder.Arguments(source.TopFirst), output,
            // Transport and programme streams begin with the first stream that is used: so that one stays the same.
            .. source.IsStill ? [] : (string[])["-map", $"1:{source.Stream}", "-c", "copy", "-f", "null", "-"],
        ];
    }

    private IEnumerable<string> AudioLanguages() => media.Streams
        .Where(stream => stream.Kind == StreamKind.Audio)
        .SelectMany((stream, i) => stream.Language is { } language
            ? (string[])[$"-metadata:s:a:{i}", $"language={language}"]
            : []);

    /// <summary>Each by itself, with its language.</summary>
    private IEnumerable<string> Subtitles(string output)
    {
        var count = 0;
        foreach (var stream in media.Streams.Where(stream => stream.Kind == StreamKind.Subtitle))
        {
            if (KeptSubtitles.CodecFor(stream.Codec, Path.GetExtension(output)) is not { } codec)
                continue;
            foreach (var word in (string[])["-map", $"1:{stream.Index}", $"-c:s:{count}", codec])
                yield return word;
            if (stream.Language is { } language)
            {
                yield return $"-metadata:s:s:{count}";
                yield return $"language={language}";
            }

            count++;
        }
    }

    private static string Seconds(double seconds) => seconds.ToString("0.000000", CultureInfo.InvariantCulture);
}

using Fed.MediaQc.Files;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Programmes;

/// <summary>
/// The pictures of a programme: photographs, each under a slow camera move, cut or dissolved at the edits, sent through
/// a real encoder. What comes back is looked at by ffmpeg alone; the edits themselves are not used again.
/// </summary>
internal static class PictureTrack
{
    /// <summary>Of the photographs' short side; leaves room for the camera.</summary>
    public const int Lines = 96;

    /// <summary>Pictures before and after a dissolve's middle.</summary>
    private const int HalfDissolve = 6;

    /// <param name="edits">See <see cref="EditList"/>.</param>
    /// <param name="length">Seconds.</param>
    /// <param name="images">The photographs to choose from, of <see cref="Lines"/> lines.</param>
    /// <param name="scratch">An existing folder for temporary files.</param>
    /// <exception cref="MediaToolException">ffmpeg is missing or failed, or lost pictures.</exception>
    public static async Task<IReadOnlyList<Cut>> RecordAsync(
        IReadOnlyList<Edit> edits,
        double length,
        IReadOnlyList<GrayImage> images,
        EditHabits habits,
        Random random,
        Ffmpeg ffmpeg,
        string scratch,
        CancellationToken cancel)
    {
        var name = Guid.NewGuid().ToString("n");
        string raw = name + ".gray", coded = name + ".mkv", log = name + ".txt";
        var frames = (int)(length * habits.FrameRate);
        try
        {
            await using (var file = File.Create(Path.Combine(scratch, raw)))
            {
                foreach (var frame in Show(edits, frames, images, habits.Pace, random))
                    await file.WriteAsync(frame, cancel);
            }

            await ffmpeg.RunAsync(
                ["-f", "rawvideo", "-pix_fmt", "gray", "-s", $"{Cut.Width}x{Cut.Height}",
                    "-r", FormattableString.Invariant($"{habits.FrameRate}"), "-i", raw, "-pix_fmt", "yuv420p",
                    .. Encoders.Arguments(habits.Encoder, habits.Options), "-flags", "+bitexact",
                    "-fflags", "+bitexact", coded],
                scratch,
                cancel);
            await ffmpeg.RunAsync(
                ["-threads", "1", "-i", coded, "-vf", Cut.Filters(log),
                    "-fps_mode", "passthrough", "-f", "null", "-"],
                scratch,
                cancel);
            return Read(Path.Combine(scratch, log));
        }
        finally
        {
            foreach (var file in new[] { raw, coded, log })
                File.Delete(Path.Combine(scratch, file));
        }
    }

    /// <summary>What scdet has measured of each picture, as cuts.</summary>
    /// <exception cref="MediaToolException">It has measured none.</exception>
    internal static IReadOnlyList<Cut> Read(string log)
    {
        var lines = MetadataLine.Read(log).ToList();
        return lines.Count == 0
            ? throw new MediaToolException("ffmpeg's filter scdet has measured no picture")
            : Cut.From(lines);
    }

    private static IEnumerable<byte[]> Show(
        IReadOnlyList<Edit> edits, int frames, IReadOnlyList<GrayImage> images, double pace, Random random)
    {
        int[] starts = [0, .. edits.Select(edit => edit.Frame), frames];
        var shots = new CameraMove[starts.Length - 1];
        var last = -1;
        for (var i = 0; i < shots.Length; i++)
        {
            // Never the same photograph twice in succession, where there are two.
            var next = random.Next(images.Count - (last < 0 || images.Count == 1 ? 0 : 1));
            last = last >= 0 && images.Count > 1 && next >= last ? next + 1 : next;
            var lasts = (int)Math.Ceiling((starts[i + 1] - starts[i] + 2 * HalfDissolve) * pace);
            shots[i] = new CameraMove(images[last], Cut.Width, Cut.Height, lasts, random);
        }

        var shot = 0;
        for (var frame = 0; frame < frames; frame++)
        {
            while (frame >= starts[shot + 1])
                shot++;
            var picture = View(shot);
            if (shot > 0 && edits[shot - 1].Dissolves && frame - starts[shot] < HalfDissolve)
                Mix(picture, View(shot - 1), 0.5 - (frame - starts[shot] + 0.5) / (2 * HalfDissolve));
            else if (shot < edits.Count && edits[shot].Dissolves && starts[shot + 1] - frame <= HalfDissolve)
                Mix(picture, View(shot + 1), 0.5 - (starts[shot + 1] - frame - 0.5) / (2 * HalfDissolve));
            yield return picture;

            byte[] View(int which) => shots[which].Frame((frame - starts[which] + HalfDissolve) * pace);
        }
    }

    private static void Mix(byte[] picture, byte[] other, double share)
    {
        for (var i = 0; i < picture.Length; i++)
            picture[i] = (byte)Math.Round((1 - share) * picture[i] + share * other[i]);
    }
}

namespace Fed.MediaQc.Pipeline.Media;

/// <summary>Luma frames of one size.</summary>
/// <param name="Width">Pixels a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Frames">One array a frame, row-major.</param>
public sealed record Clip(int Width, int Height, byte[][] Frames)
{
    /// <summary>Encodes with the given output options and decodes again: what a viewer of that encode sees.</summary>
    /// <exception cref="MediaToolException">ffmpeg failed, or lost frames.</exception>
    public async Task<Clip> ThroughCodecAsync(
        Ffmpeg ffmpeg, IReadOnlyList<string> encoder, string scratch, CancellationToken cancel)
    {
        var name = Guid.NewGuid().ToString("n");
        string rawName = name + ".yuv", codedName = name + ".mkv";
        string raw = Path.Combine(scratch, rawName), coded = Path.Combine(scratch, codedName);
        string[] format = ["-f", "rawvideo", "-pix_fmt", "yuv420p"];
        try
        {
            await WriteYuvAsync(raw, cancel);
            await ffmpeg.RunAsync(
                [.. format, "-s", $"{Width}x{Height}", "-r", "25", "-i", rawName, .. encoder,
                    "-flags", "+bitexact", "-fflags", "+bitexact", codedName],
                scratch,
                cancel);
            await ffmpeg.RunAsync(
                ["-threads", "1", "-i", codedName, "-fps_mode", "passthrough", .. format, rawName], scratch, cancel);
            return await ReadYuvAsync(raw, cancel);
        }
        finally
        {
            File.Delete(raw);
            File.Delete(coded);
        }
    }

    private async Task WriteYuvAsync(string path, CancellationToken cancel)
    {
        // Only luma is examined, so the chroma planes are grey.
        var chroma = new byte[Width * Height / 2];
        Array.Fill(chroma, (byte)128);
        await using var file = File.Create(path);
        foreach (var frame in Frames)
        {
            await file.WriteAsync(frame, cancel);
            await file.WriteAsync(chroma, cancel);
        }
    }

    private async Task<Clip> ReadYuvAsync(string path, CancellationToken cancel)
    {
        var bytes = await File.ReadAllBytesAsync(path, cancel);
        int luma = Width * Height, stride = luma * 3 / 2;
        if (bytes.Length != stride * Frames.Length)
            throw new MediaToolException($"{bytes.Length / stride} frames came back, {Frames.Length} went in");
        var frames = Enumerable.Range(0, Frames.Length).Select(t => bytes.AsSpan(t * stride, luma).ToArray());
        return new Clip(Width, Height, [.. frames]);
    }
}

namespace Fed.MediaQc.Pipeline;

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

/// <summary>A pan, zoom and slight roll over a still picture; time in frames, fractions allowed.</summary>
public sealed class CameraMove
{
    private readonly GrayImage image;
    private readonly double x, y, speedX, speedY, zoom, zoomSpeed, roll;

    /// <param name="image">The still picture.</param>
    /// <param name="width">Width of the view, pixels.</param>
    /// <param name="height">Height of the view, pixels.</param>
    /// <param name="frames">Frames over which the view should stay within the picture, where it is
    /// large enough.</param>
    /// <param name="random">Seeded.</param>
    public CameraMove(GrayImage image, int width, int height, int frames, Random random)
    {
        this.image = image;
        Width = width;
        Height = height;
        // Speeds from a slow pan to sports; below half a pixel a repeated frame could not be seen.
        var speed = 0.7 + 4.3 * Math.Pow(random.NextDouble(), 1.5);
        var angle = random.NextDouble() * Math.Tau;
        speedX = speed * Math.Cos(angle);
        speedY = 0.6 * speed * Math.Sin(angle);
        zoom = 0.85 + 0.3 * random.NextDouble();
        zoomSpeed = 0.02 * (random.NextDouble() - 0.5);
        roll = 0.01 * (random.NextDouble() - 0.5);
        x = Start(image.Width, width, speedX * frames, random.NextDouble());
        y = Start(image.Height, height, speedY * frames, random.NextDouble());
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>The view at a time.</summary>
    public byte[] Frame(double time)
    {
        var scale = zoom * (1 + zoomSpeed * time);
        double cos = scale * Math.Cos(roll * time), sin = scale * Math.Sin(roll * time);
        double centreX = x + speedX * time, centreY = y + speedY * time;
        var frame = new byte[Width * Height];
        for (var row = 0; row < Height; row++)
        {
            for (var column = 0; column < Width; column++)
            {
                double dx = column - Width / 2.0, dy = row - Height / 2.0;
                var value = image.Sample(centreX + cos * dx - sin * dy, centreY + sin * dx + cos * dy);
                frame[row * Width + column] = (byte)Math.Clamp(Math.Round(value), 0, 255);
            }
        }

        return frame;
    }

    /// <summary>All frames of the undisturbed clip.</summary>
    public Clip Record(int frames) =>
        new(Width, Height, [.. Enumerable.Range(0, frames).Select(t => Frame(t))]);

    private static double Start(int size, int view, double travel, double where)
    {
        var low = view / 2.0 + Math.Max(0, -travel);
        var high = size - view / 2.0 - Math.Max(0, travel);
        return high > low ? low + where * (high - low) : (low + high) / 2;
    }
}

using NWaves.Audio;

namespace Fed.MediaQc.Files;

/// <summary>Reads the one kind of WAV file that recorded voices come in: 16-bit PCM, mono, 8 kHz.</summary>
internal static class WavFile
{
    /// <summary>Hertz.</summary>
    public const int SampleRate = 8000;

    /// <returns>Samples, -1 to below 1.</returns>
    /// <exception cref="DataFileException">The file is missing, damaged, or of another kind.</exception>
    public static float[] Read(string path)
    {
        try
        {
            using var stream = new MemoryStream(File.ReadAllBytes(path));
            var wave = new WaveFile(stream);
            var format = wave.WaveFmt;
            return format is { SamplingRate: SampleRate, ChannelCount: 1, BitsPerSample: 16 }
                ? wave.Signals[0].Samples
                : throw new DataFileException(
                    path,
                    $"the recording has {format.SamplingRate} Hz, {format.ChannelCount} channels and "
                    + $"{format.BitsPerSample} bits; convert it (ffmpeg -i FILE -ar {SampleRate} -ac 1 -c:a pcm_s16le "
                    + "OUT.wav)");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(path, "the recording is missing; install its package again", error);
        }
        catch (Exception error) when (error is FormatException or EndOfStreamException or ArgumentException
            or IndexOutOfRangeException or OverflowException or DivideByZeroException)
        {
            throw new DataFileException(path, $"the recording is damaged ({error.Message}); restore the file", error);
        }
    }
}

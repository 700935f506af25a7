using System.Buffers.Binary;
using Fed.MediaQc.Files;

namespace Fed.MediaQc.Cues;

/// <summary>Reads the one kind of WAV file that recorded prompts come in: 16-bit PCM, mono, 8 kHz.</summary>
internal static class WavFile
{
    /// <returns>Samples, -1 to below 1.</returns>
    /// <exception cref="DataFileException">The file is missing, truncated, or of another kind.</exception>
    public static float[] Read(string path)
    {
        byte[] file;
        try
        {
            file = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(path, "the recording is missing; install its package again", error);
        }

        if (file.Length < 12 || !file.AsSpan().StartsWith("RIFF"u8) || !file.AsSpan(8).StartsWith("WAVE"u8))
            throw new DataFileException(path, "this is no WAV file: it does not begin with RIFF and WAVE");
        RequireFormat(path, Chunk(path, file, "fmt "u8));
        var data = Chunk(path, file, "data"u8);
        var samples = new float[data.Length / 2];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = BinaryPrimitives.ReadInt16LittleEndian(data[(2 * i)..]) / 32768f;
        return samples;
    }

    private static void RequireFormat(string path, ReadOnlySpan<byte> format)
    {
        if (format.Length < 16)
            throw new DataFileException(path, $"damaged: the format has {format.Length} bytes, not 16 or more");
        var coding = BinaryPrimitives.ReadInt16LittleEndian(format);
        var channels = BinaryPrimitives.ReadInt16LittleEndian(format[2..]);
        var rate = BinaryPrimitives.ReadInt32LittleEndian(format[4..]);
        var bits = BinaryPrimitives.ReadInt16LittleEndian(format[14..]);
        if (coding != 1 || channels != 1 || rate != SoundLevels.SampleRate || bits != 16)
        {
            throw new DataFileException(
                path,
                $"coding {coding}, {channels} channels, {rate} Hz, {bits} bits; it must be PCM (1), 1 channel, "
                + $"{SoundLevels.SampleRate} Hz, 16 bits: convert it with ffmpeg -ac 1 -ar 8000 -c:a pcm_s16le");
        }
    }

    private static ReadOnlySpan<byte> Chunk(string path, ReadOnlySpan<byte> file, ReadOnlySpan<byte> name)
    {
        long at = 12;
        while (at + 8 <= file.Length)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(file[((int)at + 4)..]);
            if (at + 8 + length > file.Length)
                throw new DataFileException(path, "truncated: a chunk is longer than the rest of the file");
            if (file.Slice((int)at, 4).SequenceEqual(name))
                return file.Slice((int)at + 8, (int)length);
            at += 8 + length + (length & 1);
        }

        throw new DataFileException(path, $"damaged: there is no '{System.Text.Encoding.ASCII.GetString(name)}' chunk");
    }
}

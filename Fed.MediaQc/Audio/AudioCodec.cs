using System.Runtime.InteropServices;
using Fed.MediaQc.Files;
using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Audio;

/// <summary>
/// A setting such as <c>libmp3lame -b:a 128k -ar 48000</c>: sound goes through ffmpeg's encoder and decoder and comes
/// back at 8 kHz, in step with what was sent.
/// </summary>
internal static class AudioCodec
{
    // Containers that keep the encoder's delay, where there is one that does.
    private static readonly Dictionary<string, string> s_containers = new()
    {
        ["libmp3lame"] = "mp3",
        ["aac"] = "m4a",
        ["libopus"] = "opus",
        ["libvorbis"] = "ogg",
        ["libspeex"] = "spx",
        ["ac3"] = "ac3",
        ["mp2"] = "mp2",
        ["flac"] = "flac",
        ["pcm_s16le"] = "wav",
        ["pcm_alaw"] = "wav",
        ["adpcm_ima_wav"] = "wav",
        ["g726"] = "wav",
        ["g722"] = "wav",
        ["libgsm_ms"] = "wav",
    };

    private static readonly string[] s_pcm = ["-f", "f32le", "-ar", $"{AudioFeatures.SampleRate}", "-ac", "1"];

    /// <summary>Samples by which decoded sound may lag or lead: three of the longest frames.</summary>
    private const int MostLag = 1600;

    /// <summary>Why the text is no setting, or null.</summary>
    public static string? Problem(string setting)
    {
        var words = setting.Split(' ');
        if (!s_containers.ContainsKey(words[0]))
            return $"encoder '{words[0]}' is not one of {string.Join(", ", s_containers.Keys)}";
        return words.Length % 2 == 1
            ? null
            : $"setting '{setting}' is not an encoder followed by pairs of an option and its value";
    }

    /// <param name="sent">Sound at 8 kHz, within -1 to 1.</param>
    /// <param name="folder">For temporary files.</param>
    /// <returns>As many samples at 8 kHz as were sent.</returns>
    /// <exception cref="MediaToolException">ffmpeg is missing or failed.</exception>
    public static async Task<float[]> SendAsync(
        Ffmpeg ffmpeg, string setting, float[] sent, string folder, CancellationToken cancel)
    {
        var coded = await EncodeAsync(ffmpeg, setting, sent, folder, cancel);
        var raw = coded + ".f32";
        try
        {
            await ffmpeg.RunAsync(["-threads", "1", "-i", coded, .. s_pcm, raw], folder, cancel);
            var bytes = await File.ReadAllBytesAsync(Path.Combine(folder, raw), cancel);
            return Align(sent, MemoryMarshal.Cast<byte, float>(bytes).ToArray());
        }
        finally
        {
            File.Delete(Path.Combine(folder, raw));
            File.Delete(Path.Combine(folder, coded));
        }
    }

    /// <returns>Name of a file in the folder, which the caller removes.</returns>
    /// <inheritdoc cref="SendAsync"/>
    public static async Task<string> EncodeAsync(
        Ffmpeg ffmpeg, string setting, float[] sent, string folder, CancellationToken cancel)
    {
        var words = setting.Split(' ');
        var name = Guid.NewGuid().ToString("n");
        string raw = name + ".f32", coded = $"{name}.{s_containers[words[0]]}";
        try
        {
            await File.WriteAllBytesAsync(
                Path.Combine(folder, raw), MemoryMarshal.AsBytes(sent.AsSpan()).ToArray(), cancel);
            await ffmpeg.RunAsync(
                [.. s_pcm, "-i", raw, "-threads", "1", "-c:a", words[0], .. words.Skip(1), "-bitexact", coded],
                folder, cancel);
            return coded;
        }
        catch
        {
            File.Delete(Path.Combine(folder, coded));
            throw;
        }
        finally
        {
            File.Delete(Path.Combine(folder, raw));
        }
    }

    /// <summary>
    /// Moves what was received by whole samples to where it agrees best with what was sent, as the largest correlation
    /// over ten seconds says.
    /// </summary>
    internal static float[] Align(ReadOnlySpan<float> sent, ReadOnlySpan<float> received)
    {
        var length = Math.Min(Math.Min(sent.Length, received.Length), 10 * AudioFeatures.SampleRate) - MostLag;
        int best = 0;
        double most = double.NegativeInfinity;
        for (var lag = -MostLag; lag <= MostLag && length > MostLag; lag++)
        {
            var sum = Correlate(sent[MostLag..length], received[(MostLag + lag)..(length + lag)]);
            if (sum > most)
                (best, most) = (lag, sum);
        }

        var aligned = new float[sent.Length];
        int from = Math.Max(best, 0), to = Math.Min(received.Length, sent.Length + best);
        if (to > from)
            received[from..to].CopyTo(aligned.AsSpan(from - best));
        return aligned;
    }

    // Every fourth sample is enough to find a lag.
    private static double Correlate(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (var i = 0; i < a.Length; i += 4)
            sum += (double)a[i] * b[i];
        return sum;
    }
}

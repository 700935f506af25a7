using System.Buffers.Binary;
using System.Globalization;
using Fed.MediaQc.Cues;
using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Learned;

/// <summary>The first stream of sound, as a model of cues hears it: 8 kHz, mono, from the programme's beginning, its
/// gaps filled with silence.</summary>
internal sealed class SoundTap : IDisposable
{
    private readonly MediaTap _tap;
    private readonly SoundLevels.Meter _meter = new();

    /// <param name="folder">Where ffmpeg runs.</param>
    public SoundTap(string folder) => _tap = new MediaTap(folder, "sound.sock");

    /// <summary>Filters from a stream of sound to <c>[sound]</c>.</summary>
    public static string Filters { get; } = string.Create(
        CultureInfo.InvariantCulture,
        $"aresample={SoundLevels.SampleRate}:async=1:first_pts=0,aformat=sample_fmts=s16:channel_layouts=mono[sound]");

    public IEnumerable<string> Outputs => ["-map", "[sound]", "-c:a", "pcm_s16le", "-f", "s16le", _tap.Url];

    /// <summary>Null: there is less than a second of sound.</summary>
    public SoundLevels? Levels { get; private set; }

    /// <summary>Until ffmpeg closes its end.</summary>
    public async Task ReadAsync(CancellationToken cancel)
    {
        await _tap.TryReadAsync(MeasureAsync, cancel);
        Levels = _meter.Result();
    }

    /// <summary>ffmpeg has ended.</summary>
    public void Close() => _tap.Close();

    public void Dispose() => _tap.Dispose();

    private async Task MeasureAsync(Stream sound, CancellationToken cancel)
    {
        var bytes = new byte[1 << 14];
        var samples = new float[bytes.Length / 2];
        while (await sound.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancel) is var count
            && count > 0)
        {
            for (var i = 0; i < count / 2; i++)
                samples[i] = BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(2 * i)) / 32768f;
            _meter.Add(samples.AsSpan(0, count / 2));
        }
    }
}

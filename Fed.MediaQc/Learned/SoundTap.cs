using System.Buffers.Binary;
using System.Globalization;
using Fed.MediaQc.Audio;
using Fed.MediaQc.Cues;
using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Learned;

/// <summary>The first stream of sound, as models hear it: 8 kHz, mono, its gaps filled with silence. It is decoded and
/// resampled once, whoever listens.</summary>
internal sealed class SoundTap : IDisposable
{
    private readonly MediaStream _stream;
    private readonly FilterLogs _logs;
    private readonly MediaTap _tap;
    private readonly SoundLevels.Meter? _meter;

    /// <param name="stream">Whose filters log.</param>
    /// <param name="looks">Hears all of it; null: no model of its faults listens.</param>
    /// <param name="measuresLevels">Whether cues will be compared with it.</param>
    /// <param name="folder">Where ffmpeg runs.</param>
    public SoundTap(MediaStream stream, SoundLooks? looks, bool measuresLevels, string folder, FilterLogs logs)
    {
        (_stream, _logs, Looks) = (stream, logs, looks);
        _meter = measuresLevels ? new SoundLevels.Meter() : null;
        _tap = new MediaTap(folder, "sound.sock");
    }

    /// <summary>Filters from a stream of sound to <c>[sound]</c>. They are made anew where the sound changes its
    /// format, so that they must not fill what is before its first sample.</summary>
    public static string Filters { get; } = string.Create(
        CultureInfo.InvariantCulture,
        $"aresample={AudioFeatures.SampleRate}:async=1,aformat=sample_fmts=s16:channel_layouts=mono[sound]");

    public IEnumerable<string> Outputs => ["-map", "[sound]", "-c:a", "pcm_s16le", "-f", "s16le", _tap.Url];

    /// <summary>Null: no model listens.</summary>
    public SoundLooks? Looks { get; }

    /// <summary>From the file's beginning; null: nobody asked for them, or there is less than a second of sound.
    /// </summary>
    public SoundLevels? Levels => field ??= _meter?.Result(before: Start);

    /// <summary>When the first sample stands, seconds from the file's beginning.</summary>
    public double Start =>
        Math.Max(0, _logs.Read($"audio{_stream.Index}").Select(line => line.Time).FirstOrDefault());

    /// <summary>Until ffmpeg closes its end.</summary>
    public async Task ReadAsync(CancellationToken cancel)
    {
        await _tap.TryReadAsync(ListenAsync, cancel);
        Looks?.Complete();
    }

    /// <summary>ffmpeg has ended.</summary>
    public void Close() => _tap.Close();

    public void Dispose() => _tap.Dispose();

    private async Task ListenAsync(Stream sound, CancellationToken cancel)
    {
        var bytes = new byte[1 << 14];
        var samples = new float[bytes.Length / 2];
        while (await sound.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancel) is var count
            && count > 0)
        {
            for (var i = 0; i < count / 2; i++)
                samples[i] = BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(2 * i)) / 32768f;
            _meter?.Add(samples.AsSpan(0, count / 2));
            Looks?.Add(samples.AsSpan(0, count / 2));
        }
    }
}

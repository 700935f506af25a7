using System.Globalization;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Learned;

/// <summary>The pictures as a model of their faults sees them: <see cref="PictureLooks"/> in a run of ffmpeg, which cuts
/// the regions out, so that little of each picture is handed over.</summary>
internal sealed class PictureTap : IDisposable
{
    private const string Log = "looks";

    private readonly FilterLogs _logs;
    private readonly PictureLooks _looks;
    private readonly MediaTap _tap;

    /// <param name="video">Large enough: see <see cref="PictureLooks.CanLook"/>.</param>
    /// <param name="folder">Where ffmpeg runs.</param>
    /// <param name="logs">Gets the pictures' times.</param>
    public PictureTap(LearnedModel model, MediaStream video, string folder, FilterLogs logs)
    {
        _logs = logs;
        _looks = new PictureLooks(model, video.Width, video.Height);
        _tap = new MediaTap(folder, "pictures.sock");
        var (places, side) = (_looks.Places, Region.Side);
        // Luma as it is coded, whatever its range; pictures that change their size are brought to the first one's. Of
        // more than 8 bits the first 8: dither looks like combing where the picture is smooth.
        var pads = places.Select((_, i) => $"[place{i}]").ToArray();
        var cuts = places.Zip(pads, (place, pad) => $"{pad}crop={side}:{side}:{place.X}:{place.Y}:exact=1[cut{pad[1..]};");
        var joined = places.Count == 1 ? "[cutplace0]" : string.Concat(pads.Select(pad => $"[cut{pad[1..]}"))
            + string.Create(CultureInfo.InvariantCulture, $"vstack=inputs={places.Count},");
        Filters = string.Create(
            CultureInfo.InvariantCulture,
            $"scale={video.Width}:{video.Height}:sws_dither=none,format=yuv420p|yuv422p|yuv444p|yuvj420p|yuvj422p|yuvj444p,"
            + $"split={places.Count}{string.Concat(pads)};{string.Concat(cuts)}{joined}extractplanes=y,"
            + $"metadata=add:key=lavfi.look:value=1,"
            + $"metadata=print:key=lavfi.look:file={_logs.Target(Log)}[looks]");
    }

    /// <summary>Seconds, when the pictures change their size or format on the way; null: they do not.</summary>
    public double? ChangesAt
    {
        get
        {
            int? first = null;
            foreach (var line in _logs.Read(Log))
            {
                // ffmpeg may have made the filters once before the first picture.
                if (line.Part != (first ??= line.Part))
                    return line.Time;
            }

            return null;
        }
    }

    /// <summary>From a stream of pictures to <c>[looks]</c>.</summary>
    public string Filters { get; }

    public IEnumerable<string> Outputs =>
        ["-map", "[looks]", "-fps_mode", "passthrough", "-c:v", "rawvideo", "-f", "rawvideo", _tap.Url];

    /// <summary>Every look with when it began and ended, seconds.</summary>
    public IReadOnlyList<TimedLook> Looks
    {
        get
        {
            var times = _logs.Read(Log).Select(line => line.Time).ToArray();
            // Its last picture is shown for as long as the others.
            return
            [
                .. _looks.All.Select((look, i) => (Look: look, First: i * PictureLooks.Hop))
                    .Select(each => new TimedLook(
                        times[each.First],
                        times[each.First] + (times[each.First + Region.Frames - 1] - times[each.First])
                            * Region.Frames / (Region.Frames - 1),
                        each.Look)),
            ];
        }
    }

    /// <summary>Until ffmpeg closes its end.</summary>
    public Task ReadAsync(CancellationToken cancel) => _tap.TryReadAsync(_looks.ReadAsync, cancel);

    /// <summary>ffmpeg has ended.</summary>
    public void Close() => _tap.Close();

    public void Dispose() => _tap.Dispose();
}

using System.Globalization;
using Fed.MediaQc.Scan;

namespace Fed.MediaQc.Learned;

/// <summary>The pictures as a model of their faults sees them: <see cref="PictureLooks"/> in a run of ffmpeg.</summary>
internal sealed class PictureTap : IDisposable
{
    private const string Log = "looks";

    private readonly MediaStream _video;
    private readonly FilterLogs _logs;
    private readonly PictureLooks _looks;
    private readonly MediaTap _tap;

    /// <param name="video">Large enough: see <see cref="PictureLooks.CanLook"/>.</param>
    /// <param name="folder">Where ffmpeg runs.</param>
    /// <param name="logs">Gets the looks' times.</param>
    public PictureTap(LearnedModel model, MediaStream video, string folder, FilterLogs logs)
    {
        (_video, _logs) = (video, logs);
        _looks = new PictureLooks(model, video.Width, video.Height);
        _tap = new MediaTap(folder, "pictures.sock");
        // Variable 0 is when the last look began, 1 how many pictures it still wants. Luma as it is coded, whatever its
        // range; pictures that change their size are brought to the first one's.
        Filters = string.Create(
            CultureInfo.InvariantCulture,
            $"select=if(gt(ld(1)\\,0)\\,st(1\\,ld(1)-1)*0+1\\,"
            + $"if(isnan(prev_selected_t)+gte(t-ld(0)\\,{1 / PictureLooks.Rate})\\,"
            + $"st(0\\,t)*0+st(1\\,{PictureLooks.Pictures - 1})*0+1\\,0)),"
            + $"format=yuv420p|yuv422p|yuv444p|yuvj420p|yuvj422p|yuvj444p,extractplanes=y,"
            + $"scale={_video.Width}:{_video.Height},metadata=add:key=lavfi.look:value=1,"
            + $"metadata=print:key=lavfi.look:file={_logs.Target(Log)}[looks]");
    }

    /// <summary>From a stream of pictures to <c>[looks]</c>.</summary>
    public string Filters { get; }

    public IEnumerable<string> Outputs =>
        ["-map", "[looks]", "-fps_mode", "passthrough", "-c:v", "rawvideo", "-f", "rawvideo", _tap.Url];

    /// <summary>Every look with its time in seconds.</summary>
    public IReadOnlyList<(double Time, Look Look)> Looks =>
    [
        .. _logs.Read(Log).Where((_, at) => at % PictureLooks.Pictures == 0).Select(line => line.Time).Zip(_looks.All),
    ];

    /// <summary>Until ffmpeg closes its end.</summary>
    public Task ReadAsync(CancellationToken cancel) => _tap.TryReadAsync(_looks.ReadAsync, cancel);

    /// <summary>ffmpeg has ended.</summary>
    public void Close() => _tap.Close();

    public void Dispose() => _tap.Dispose();
}

using Fed.MediaQc.Pipeline;

namespace Fed.Tests.MediaQc;

/// <summary>
/// A test that drives the real encoders: skipped, and shown as skipped, where ffmpeg is not installed.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FfmpegFactAttribute : FactAttribute
{
    public FfmpegFactAttribute()
    {
        if (!Ffmpeg.IsInstalled())
            Skip = "ffmpeg is not installed (apt-get install ffmpeg)";
    }
}

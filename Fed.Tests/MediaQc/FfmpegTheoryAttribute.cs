using Fed.MediaQc.Pipeline;

namespace Fed.Tests.MediaQc;

/// <summary>The same as <see cref="FfmpegFactAttribute"/> for several cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FfmpegTheoryAttribute : TheoryAttribute
{
    public FfmpegTheoryAttribute()
    {
        if (!Ffmpeg.IsInstalled())
            Skip = "ffmpeg is not installed (apt-get install ffmpeg)";
    }
}

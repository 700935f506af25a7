namespace Fed.MediaQc.Anonymise;

/// <summary>
/// Where something is in a picture that must not be recognised: in pixels of the picture that the detector was given,
/// inside of it, with how sure the detector is (0 to 1).
/// </summary>
public readonly record struct DetectedRegion(int Left, int Top, int Width, int Height, float Confidence);

/// <summary>Finds regions of one kind, such as faces or licence plates, in one picture after the other.</summary>
/// <remarks>Not for several threads at once: a detector keeps its buffers from picture to picture.</remarks>
public interface IRegionDetector : IDisposable
{
    /// <summary>What it finds: <c>face</c> or <c>plate</c>.</summary>
    string Kind { get; }

    /// <summary>What the detections came from, for reports: name and SHA-256 of the model.</summary>
    string Source { get; }

    /// <summary>Adds what it finds; overlapping detections of one thing are merged already.</summary>
    /// <param name="luma">Full-range luma, row by row, <paramref name="width"/> times <paramref name="height"/>.</param>
    /// <param name="width">In pixels, from 16 to 8192.</param>
    /// <param name="height">In pixels, from 16 to 8192.</param>
    /// <param name="found">Gets the regions, most certain first.</param>
    void Detect(ReadOnlySpan<byte> luma, int width, int height, IList<DetectedRegion> found);
}

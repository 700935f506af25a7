namespace Fed.MediaQc.Pipeline;

/// <summary>What a scene does by itself, which is no fault.</summary>
public enum SceneKind
{
    /// <summary>The camera moves over all of it.</summary>
    Pan,

    /// <summary>The camera stands still, and something moves before it; before other scenes, only in half of them.
    /// </summary>
    Still,

    /// <summary>A pan that fades out or in.</summary>
    Fade,

    /// <summary>A pan, and a cut to another one.</summary>
    Cut,

    /// <summary>A pan that dissolves into another one within half a second.</summary>
    Dissolve,

    /// <summary>A pan at night: a third of the light.</summary>
    Dark,
}

/// <summary>A second of moving pictures that are made of a photograph; time in frames, fractions allowed.</summary>
public sealed class Scene
{
    /// <summary>Shares of the kinds, in percent.</summary>
    private static readonly int[] s_shares = [45, 15, 10, 10, 10, 10];

    /// <summary>Of the scenes, those with the grain of a film or of a sensor.</summary>
    private const double GrainShare = 0.3;

    /// <summary>Of the scenes whose camera moves, those before which something moves, too.</summary>
    private const double SubjectShare = 0.5;

    private const int MostSubjects = 2;

    private const int HalfDissolve = 6;

    /// <summary>Black in luma of narrow range.</summary>
    private const double Black = 16;

    private readonly CameraMove _first;
    private readonly CameraMove _second;
    private readonly Subject[] _subjects;
    private readonly int _seed;
    private readonly int _frames;
    private readonly double _moment;
    private readonly bool _fadesOut;
    private readonly double _grain;

    /// <param name="frames">That the scene lasts.</param>
    public Scene(GrayImage image, int width, int height, int frames, int seed)
    {
        var random = new Random(seed);
        (_seed, _frames) = (seed, frames);
        _first = new CameraMove(image, width, height, frames, random);
        _second = new CameraMove(image, width, height, frames, random);
        var lot = random.Next(s_shares.Sum());
        Kind = (SceneKind)Enumerable.Range(0, s_shares.Length).First(kind => lot < s_shares.Take(kind + 1).Sum());
        _moment = frames * (0.25 + 0.5 * random.NextDouble());
        _fadesOut = random.Next(2) == 0;
        _grain = random.NextDouble() < GrainShare ? 0.8 + random.NextDouble() : 0;
        var isStill = Kind == SceneKind.Still;
        var subjects = isStill || random.NextDouble() < SubjectShare ? random.Next(1, MostSubjects + 1) : 0;
        // Before a still camera nothing else shows that time goes on.
        _subjects = [.. Enumerable.Range(0, subjects).Select(_ =>
            new Subject(image, width, height, frames, isStill ? 1.5 : 0, random))];
    }

    public SceneKind Kind { get; }

    /// <summary>The view at a time.</summary>
    public byte[] Frame(double time)
    {
        var picture = Kind switch
        {
            SceneKind.Still => _first.Frame(0),
            SceneKind.Cut => (time < Math.Floor(_moment) ? _first : _second).Frame(time),
            SceneKind.Dissolve => Dissolve(time),
            _ => _first.Frame(time),
        };
        foreach (var subject in _subjects)
            subject.Cover(picture, time);
        if (Kind is SceneKind.Fade or SceneKind.Dark)
            Dim(picture, Kind == SceneKind.Dark ? 1 / 3.0 : Fading(time));
        // The same grain whenever this moment is looked at.
        return _grain > 0 ? Grain.Add(picture, _grain, new Random(_seed + (int)(16 * time))) : picture;
    }

    /// <summary>All frames, undisturbed.</summary>
    public Clip Record() =>
        new(_first.Width, _first.Height, [.. Enumerable.Range(0, _frames).Select(t => Frame(t))]);

    // Between all of the light and a fifth of it.
    private double Fading(double time) => 1 - 0.8 * Math.Clamp(_fadesOut ? time / _frames : 1 - time / _frames, 0, 1);

    private static void Dim(byte[] picture, double gain)
    {
        for (var i = 0; i < picture.Length; i++)
            picture[i] = (byte)Math.Clamp(Math.Round(Black + gain * (picture[i] - Black)), 0, 255);
    }

    private byte[] Dissolve(double time)
    {
        var share = Math.Clamp(0.5 + (time - _moment) / (2 * HalfDissolve), 0, 1);
        var (picture, other) = (_first.Frame(time), _second.Frame(time));
        for (var i = 0; i < picture.Length; i++)
            picture[i] = (byte)Math.Round((1 - share) * picture[i] + share * other[i]);
        return picture;
    }
}

/// <summary>White noise on pictures.</summary>
internal static class Grain
{
    /// <param name="deviation">Levels.</param>
    /// <returns>A picture of its own.</returns>
    public static byte[] Add(byte[] clean, double deviation, Random random)
    {
        var frame = new byte[clean.Length];
        for (var i = 0; i < frame.Length; i++)
        {
            // Box-Muller; 1 - u keeps the logarithm finite.
            var radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            var noise = deviation * radius * Math.Cos(Math.Tau * random.NextDouble());
            frame[i] = (byte)Math.Clamp(Math.Round(clean[i] + noise), 0, 255);
        }

        return frame;
    }
}

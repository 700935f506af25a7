using System.Text.Json;
using Fed.MediaQc.Files;
using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Audio;

/// <summary>
/// What <c>fed data build --task audio</c> makes: voices, houses with their habits, the held-out part.
/// </summary>
/// <param name="Task">Name of the task.</param>
/// <param name="Voices">The speakers, each with a folder of recordings.</param>
/// <param name="Houses">The participants, in the order in which a smaller federation takes them.</param>
/// <param name="Test">The held-out part.</param>
public sealed record AudioPlan(string Task, VoicePlan[] Voices, AudioHousePlan[] Houses, AudioTestPlan Test)
{
    /// <summary>The plan of the shipped set.</summary>
    public static AudioPlan Default()
    {
        using var stream = typeof(AudioPlan).Assembly.GetManifestResourceStream("audio-qc.plan.json")!;
        return JsonSerializer.Deserialize<AudioPlan>(stream, BuildPlan.Json)!;
    }

    /// <exception cref="DataFileException">The file is missing, is not a plan, or contradicts itself.</exception>
    public static AudioPlan Read(string path)
    {
        try
        {
            var plan = JsonFile.Read<AudioPlan>(path, BuildPlan.Json, "a build plan of the audio task");
            var problems = AudioPlanCheck.Problems(plan).ToList();
            return problems.Count == 0 ? plan : throw new DataFileException(path, string.Join("; ", problems));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(path, "the plan is missing", error);
        }
    }
}

/// <summary>One speaker.</summary>
/// <param name="Id">Short name, unique in the plan.</param>
/// <param name="Cluster">Language key.</param>
/// <param name="Package">Debian package that installs the recordings.</param>
/// <param name="Path">Folder below the sources directory; its .wav files, and those in folders of it, are
/// meant.</param>
/// <param name="Author">Whom to credit.</param>
/// <param name="Licence">As the package's copyright file gives it.</param>
/// <param name="HeldOut">No house has this speaker.</param>
public sealed record VoicePlan(
    string Id, string Cluster, string Package, string Path, string Author, string Licence, bool HeldOut = false);

/// <summary>One participant: its sound, its codecs, the faults of its production chain.</summary>
/// <param name="Name">Lower case with dashes.</param>
/// <param name="Cluster">Language key.</param>
/// <param name="About">One sentence on the house.</param>
/// <param name="Sound">How it records.</param>
/// <param name="Good">Settings of its good encodes: ffmpeg's encoder, then options; see
/// <see cref="AudioCodec"/>.</param>
/// <param name="Low">Settings of its starved encodes.</param>
/// <param name="Faults">Faults of its chain, see <see cref="SoundFault"/>.</param>
/// <param name="Train">Training samples by class.</param>
/// <param name="Validation">Validation samples by class.</param>
public sealed record AudioHousePlan(
    string Name,
    string Cluster,
    string About,
    HouseSound Sound,
    string[] Good,
    string[] Low,
    string[] Faults,
    Dictionary<string, int> Train,
    Dictionary<string, int> Validation);

/// <summary>How a house's recordings sound before anything goes wrong.</summary>
/// <param name="Level">Root mean square of a recording, dB of full scale, -40 to -12.</param>
/// <param name="Room">Seconds in which its room's sound falls by 60 dB, 0 (none) to 0.3.</param>
/// <param name="Tone">Room tone below <paramref name="Level"/>, dB, 30 to 80.</param>
/// <param name="Tilt">Treble of its microphones against bass, dB, -12 to 12.</param>
public sealed record HouseSound(double Level, double Room, double Tone, double Tilt);

/// <summary>The held-out part: every language, every class, recordings that no house has.</summary>
/// <param name="PerClass">Samples of each class for each language.</param>
/// <param name="Faults">Faults put in.</param>
public sealed record AudioTestPlan(int PerClass, string[] Faults);

/// <summary>Finds everything that is wrong with a plan, so that one run tells all of it.</summary>
internal static class AudioPlanCheck
{
    public static IEnumerable<string> Problems(AudioPlan plan)
    {
        foreach (var repeated in Repeated(plan.Voices.Select(voice => voice.Id)))
            yield return $"voice '{repeated}' appears twice";
        foreach (var repeated in Repeated(plan.Houses.Select(house => house.Name)))
            yield return $"house '{repeated}' appears twice";
        if (plan.Houses.Length == 0)
            yield return "houses: there must be at least one";
        if (plan.Test.PerClass < 1)
            yield return $"test.perClass is {plan.Test.PerClass}; it must be at least 1";
        foreach (var house in plan.Houses)
        {
            if (!plan.Voices.Any(voice => voice.Cluster == house.Cluster && !voice.HeldOut))
                yield return $"{house.Name}: no voice of cluster '{house.Cluster}' that is not held out";
            foreach (var problem in Problems(house))
                yield return $"{house.Name}: {problem}";
        }

        foreach (var problem in plan.Test.Faults.Select(SoundFault.Problem).OfType<string>())
            yield return $"test: {problem}";
    }

    private static IEnumerable<string> Problems(AudioHousePlan house)
    {
        foreach (var problem in house.Good.Concat(house.Low).Select(AudioCodec.Problem).OfType<string>())
            yield return problem;
        foreach (var problem in house.Faults.Select(SoundFault.Problem).OfType<string>())
            yield return problem;
        if (house.Good.Length == 0)
            yield return "needs a good setting";
        foreach (var name in house.Train.Keys.Concat(house.Validation.Keys).Distinct().Except(AudioClasses.Names))
            yield return $"class '{name}' is not one of {string.Join(", ", AudioClasses.Names)}";
        var sound = house.Sound;
        foreach (var (name, value, low, high) in new (string, double, double, double)[]
        {
            ("level", sound.Level, -40.0, -12.0), ("room", sound.Room, 0, 0.3), ("tone", sound.Tone, 30, 80),
            ("tilt", sound.Tilt, -12, 12),
        })
        {
            if (!(value >= low && value <= high))
                yield return FormattableString.Invariant($"sound.{name} is {value}; it must be {low} to {high}");
        }
    }

    private static IEnumerable<string> Repeated(IEnumerable<string> names) =>
        names.GroupBy(name => name, StringComparer.Ordinal)
            .Where(group => group.Count() > 1)
            .Select(group => group.Key);
}

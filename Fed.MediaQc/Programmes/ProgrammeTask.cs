using Fed.MediaQc.Cues;
using Fed.MediaQc.Folders;

namespace Fed.MediaQc.Programmes;

/// <summary>
/// The multimodal task: its description, the model that ships with it, the settings that were measured to suit it
/// (docs/data.md), and where its stretches come from.
/// </summary>
internal static class ProgrammeTask
{
    private static readonly RecommendedTraining s_training = new(
        LearningRate: 0.04,
        Momentum: 0.8,
        BatchSize: 16,
        LocalEpochs: 1,
        Rounds: 40,
        ClusterShare: 0,
        ServerMomentum: 0.6,
        LearningRateDecay: 0.8);

    private const string About = """
        Every map was made of a programme that `fed data build --task multimodal` put together of the recordings and
        photographs below; docs/data.md says how. A map holds how sound, changes of the picture and cues lie to each
        other in time: neither sound nor text nor picture can be had back. All sources come from Debian packages, and
        the licence of each is the one that its package's copyright file gives (/usr/share/doc/PACKAGE/copyright). The
        maps are adaptations (trimmed, joined, mixed with made sound, shown under camera moves, encoded, measured) and
        stay under the licences of their sources. `provenance.json` says the same to machines; each .fqc file names
        the recording with which each of its stretches begins.
        """;

    public static TaskDescription Describe(ProgrammePlan plan) => new(
        plan.Task,
        [.. StreamClasses.Names],
        [.. ProgrammeFeatures.StoredShape],
        [.. new ProgrammeFeatures().OutputShape(ProgrammeFeatures.StoredShape)],
        ProgrammeFeatures.Name,
        [.. plan.Languages.Select(language => language.Key)],
        [.. plan.Houses.Select(house => new ParticipantDescription(house.Name, house.Language))],
        s_training);

    public static string Model(TaskDescription task) => ModelJson.OfMaps("programme-qc-cnn", task);

    public static Provenance ProvenanceOf(ProgrammePlan plan, int seed, IReadOnlyList<RecordingPart> parts) => new(
        "Where these stretches come from",
        About,
        seed,
        [
            .. plan.Houses.Select(house => (
                house.Name,
                $"{house.About} Beds: {string.Join(", ", house.Beds)}. Pictures: "
                + $"`{house.Edits.Encoder} {house.Edits.Options}`.")),
        ],
        [.. parts.SelectMany(part => part.Sources), .. Photographs(plan)]);

    private static IEnumerable<UsedSource> Photographs(ProgrammePlan plan) =>
        from used in plan.Houses.SelectMany(house => house.Pictures, (house, id) => (Id: id, Part: house.Name))
            .Concat(plan.TestPictures.Select(id => (Id: id, Part: Provenance.Test)))
        let picture = plan.Pictures.First(picture => picture.Id == used.Id)
        select new UsedSource(
            picture.Id, picture.Package, picture.Path, picture.Author, picture.Licence, used.Part);
}

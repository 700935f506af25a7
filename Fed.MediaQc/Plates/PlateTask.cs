using Fed.MediaQc.Folders;
using Fed.MediaQc.Pipeline;

namespace Fed.MediaQc.Plates;

/// <summary>
/// The plate task: its description, the model that ships with it, the settings that were measured to suit it
/// (docs/data.md), and where its windows come from.
/// </summary>
internal static class PlateTask
{
    private static readonly RecommendedTraining s_training = new(
        LearningRate: 0.04,
        Momentum: 0.8,
        BatchSize: 8,
        LocalEpochs: 1,
        Rounds: 30,
        ClusterShare: 0,
        ServerMomentum: 0.8,
        LearningRateDecay: 0.8);

    private const string About = """
        Synthetic: no plate here is a real vehicle's. `fed data build --task plates` draws plates by the rules of
        countries, with characters by chance and fonts of Debian (no country's own lettering), and puts them into the
        photographs below; docs/data.md says how. What is stored are windows of 64x16 pixels in 16 shades. Photographs
        and fonts come from Debian packages, and the licence of each is the one that its package's copyright file gives
        (/usr/share/doc/PACKAGE/copyright). The windows are adaptations (scaled, cropped, painted over, disturbed,
        encoded) and stay under the licence of their photograph. `provenance.json` says the same to machines; each .fqc
        file names the photograph of each of its windows.
        """;

    public static TaskDescription Describe(PlatePlan plan) => new(
        plan.Task,
        [.. PlateClasses.Names],
        [.. PlateFeatures.StoredShape],
        [.. PlateFeatures.StoredShape],
        PlateFeatures.Name,
        [.. plan.Houses.Select(house => house.Site).Distinct()],
        [.. plan.Houses.Select(house => new ParticipantDescription(house.Name, house.Site))],
        s_training);

    public static string Model(TaskDescription task)
    {
        object maximum = new { type = "maxPool2d", size = 2 };
        return ModelJson.Of(
            "plate-qc-cnn",
            task,
            ModelJson.Conv(8), ModelJson.Relu, maximum, ModelJson.Conv(16), ModelJson.Relu, maximum,
            ModelJson.Conv(24), ModelJson.Relu, maximum, ModelJson.Dense(32), ModelJson.Relu,
            ModelJson.Dense(task.Classes.Length));
    }

    public static Provenance ProvenanceOf(PlatePlan plan, int seed) => new(
        "Where these windows come from",
        About,
        seed,
        [.. plan.Houses.Select(house => (house.Name, Describe(house)))],
        [
            .. plan.Houses.SelectMany(house => Used(plan, house.AllPictures, house.Fonts, house.Name)),
            .. Used(plan, plan.Test.Pictures, plan.Test.Fonts, Provenance.Test),
        ]);

    private static string Describe(PlateHouse house) => FormattableString.Invariant(
        $"""
        {house.About}
        Plates: {string.Join(", ", house.Countries)}; decoys: {string.Join(", ", house.Decoys)};
        codecs: {Provenance.Code(house.Camera.Codecs)}.
        """);

    private static IEnumerable<UsedSource> Used(
        PlatePlan plan, IEnumerable<string> pictures, string[] fonts, string part) =>
        pictures.Select(id => (plan.Pictures, id)).Concat(fonts.Select(id => (plan.Fonts, id)))
            .Select(used => Used(used.Item1.First(source => source.Id == used.id), part));

    private static UsedSource Used(SourceImageInfo source, string part) =>
        new(source.Id, source.Package, source.Path, source.Author, source.Licence, part);
}

using Fed.MediaQc.Audio;
using Fed.MediaQc.Cues;
using Fed.MediaQc.Folders;
using Fed.MediaQc.Learned;
using Fed.MediaQc.Pipeline;
using Fed.MediaQc.Plates;
using Fed.MediaQc.Programmes;
using Fed.Training;

namespace Fed.Tests.MediaQc;

/// <summary>A data set of data/, and what the plan that it was built of says.</summary>
/// <param name="Directory">Where it lies.</param>
/// <param name="Problems">Of its plan.</param>
/// <param name="Description">What a build of the plan would write into task.json.</param>
internal sealed record ShippedTask(string Directory, IEnumerable<string> Problems, TaskDescription Description)
{
    public DataFolder Folder { get; } = DataFolder.Open(Directory);

    /// <param name="name">One of <see cref="TaskNames.Known"/>.</param>
    public static ShippedTask Of(string name)
    {
        var (problems, description) = PlanOf(name);
        return new ShippedTask(Repository.PathOf("data", TaskNames.FolderOf(name)), problems, description);
    }

    /// <summary>A model of its model.json that has learned nothing.</summary>
    public LearnedModel InitialModel()
    {
        var model = ModelSpecification.Parse(Folder.ModelJson);
        using var onnx = new MemoryStream();
        var card = new ModelCard(Folder.Task.Name, Folder.Task.Classes, Folder.Task.Features);
        OnnxModel.Write(onnx, model, model.Initialise(1), card.ToMetadata());
        return LearnedModel.Of(onnx.ToArray(), "initial");
    }

    /// <returns>The house of a file of the folder, or test.</returns>
    public static string PartOf(string file) =>
        file.StartsWith("test", StringComparison.Ordinal) ? "test" : file.Split('/', '\\')[1];

    private static (IEnumerable<string> Problems, TaskDescription Description) PlanOf(string name)
    {
        switch (name)
        {
            case TaskNames.Video:
                var video = BuildPlan.Default();
                return (BuildPlanCheck.Problems(video), QcTask.Describe(video));
            case TaskNames.Audio:
                var audio = AudioPlan.Default();
                return (AudioPlanCheck.Problems(audio), AudioTask.Describe(audio));
            case TaskNames.Subtitles:
                var subtitles = SubtitlePlan.Default();
                return (subtitles.Problems(), SubtitleTask.Describe(subtitles));
            case TaskNames.Multimodal:
                var programmes = ProgrammePlan.Default();
                return (programmes.Problems(), ProgrammeTask.Describe(programmes));
            case TaskNames.Plates:
                var plates = PlatePlan.Default();
                return (plates.Problems(), PlateTask.Describe(plates));
            default:
                throw new ArgumentException($"task '{name}' has no plan", nameof(name));
        }
    }
}

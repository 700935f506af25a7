using System.CommandLine;
using Fed.Training;

namespace Fed.Cli.Commands;

/// <summary>What the commands that train say about their trainer.</summary>
internal static class TrainerOption
{
    public const string Name = "--trainer";

    public static Option<TrainerKind> Create()
    {
        var option = new Option<TrainerKind>(Name)
        {
            Description = "auto: what is faster for the model; torch: libtorch; managed: no native library",
            DefaultValueFactory = _ => TrainerKind.Auto,
        };
        option.AcceptOnlyFromAmong([.. Enum.GetValues<TrainerKind>().Select(Text)]);
        return option;
    }

    /// <summary>As the option takes it.</summary>
    public static string Text(TrainerKind kind) => kind.ToString().ToLowerInvariant();
}

using Fed.MediaQc.Files;
using Fed.MediaQc.Pipeline;

namespace Fed.Tests.MediaQc;

public sealed class BuildPlanTests
{
    [Fact]
    public void Problems_TestSourceInAHouse_IsRefusedByName()
    {
        var plan = BuildPlan.Default();
        var house = plan.Houses[0] with { Sources = [plan.Test.Sources[0]] };

        var problems = BuildPlanCheck.Problems(plan with { Houses = [house] });

        Assert.Contains(problems, text => text.Contains($"'{plan.Test.Sources[0]}' is used twice", StringComparison.Ordinal));
    }

    [Fact]
    public void Problems_SeveralMistakes_AreAllTold()
    {
        var plan = BuildPlan.Default();
        var house = plan.Houses[0] with
        {
            Encoder = "realvideo",
            Faults = ["melt:before:1"],
            Train = new() { ["sharp"] = 3 },
            Low = [],
        };

        var problems = BuildPlanCheck.Problems(plan with { Houses = [house], Clip = plan.Clip with { Width = 50 } });

        var text = string.Join('\n', problems);
        foreach (var part in new[] { "realvideo", "melt", "sharp", "good and low", "50x" })
            Assert.Contains(part, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NotAPlan_IsRefusedByName()
    {
        using var scratch = new Scratch();
        var path = scratch.File("plan.json");
        File.WriteAllText(path, "{\"task\":3}");

        var error = Assert.Throws<DataFileException>(() => BuildPlan.Read(path));

        Assert.Equal(path, error.FilePath);
    }

    [Fact]
    public void Arguments_HouseWithItsOwnParams_MergesThem()
    {
        var arguments = Encoders.Arguments("libx265", "-preset ultrafast -x265-params no-sao=1 -crf 20");

        var at = arguments.ToList().IndexOf("-x265-params");
        Assert.EndsWith(":no-sao=1", arguments[at + 1], StringComparison.Ordinal);
        Assert.Single(arguments, word => word == "-x265-params");
        Assert.Contains("20", arguments);
    }
}

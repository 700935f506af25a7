using System.Reflection;
using Fed.Core.FailPoints;
using Fed.Tests.MediaQc;

namespace Fed.Tests.Core.FailPoints;

/// <summary>The registry, the places in the source, and the documentation agree.</summary>
public sealed class FailPointNamesTests
{
    private static readonly string[] Projects = ["Fed.Silo", "Fed.Grains", "Fed.Client"];

    private static FieldInfo[] Constants => typeof(FailPointNames).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(constant => constant.IsLiteral)
        .ToArray();

    [Fact]
    public void All_IsEveryConstantOnce() => Assert.Equal(
        Constants.Select(constant => (string)constant.GetRawConstantValue()!).Order(StringComparer.Ordinal),
        FailPointNames.All.Order(StringComparer.Ordinal));

    [Fact]
    public void EveryName_StandsBeforeOrAfterAStepInTheSource()
    {
        var source = string.Concat(Projects
            .SelectMany(project => Directory.EnumerateFiles(
                Path.Combine(Repository.Root, project), "*.cs", SearchOption.AllDirectories))
            .Select(File.ReadAllText));

        Assert.All(Constants, constant => Assert.Contains(
            $"FailPoint.Hit({nameof(FailPointNames)}.{constant.Name});", source, StringComparison.Ordinal));
    }

    [Fact]
    public void EveryName_IsInTheDocumentation()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));

        Assert.All(FailPointNames.All, name => Assert.Contains($"`{name}`", text, StringComparison.Ordinal));
    }
}

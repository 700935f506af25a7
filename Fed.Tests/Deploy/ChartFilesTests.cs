using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fed.Silo.Hosting;

namespace Fed.Tests.Deploy;

/// <summary>The files of the charts beside each other.</summary>
public sealed class ChartFilesTests
{
    /// <summary>Before the table of values in a chart's README.</summary>
    private const string Mark = "<!-- Written from values.yaml and values.schema.json; a test compares. -->\n";

    public static TheoryData<string> All => [Charts.Silos, Charts.Participant];

    [HelmTheory]
    [MemberData(nameof(All))]
    public async Task Chart_IsOfTheVersionOfTheProgram(string chart) =>
        Assert.Equal(FedSilo.Version, (await Charts.ReadAsync($"{chart}/Chart")).Text("appVersion"));

    [HelmTheory]
    [MemberData(nameof(All))]
    public async Task Schema_OfAChart_DescribesEachValueAndNoOther(string chart)
    {
        var rows = ValuesTable.Rows(Schema(chart), await Charts.ReadAsync(chart)).ToArray();

        Assert.All(rows, row => Assert.True(row.Description.Length > 0, $"{row.Path} has no description"));
        // These are left to the program unless they are given.
        Assert.All(
            rows.Where(row => !row.Path.StartsWith("silo.throttling.", StringComparison.Ordinal)),
            row => Assert.True(row.InValues, $"{row.Path} is not in values.yaml"));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Schema_OfAChart_TakesNoUnknownValueAnywhere(string chart)
    {
        var open = ObjectsOf(Schema(chart), "")
            .Where(each => each.Schema["additionalProperties"] is null or JsonValue
                && (bool?)each.Schema["additionalProperties"] != false)
            .Select(each => each.Path)
            .Where(path => !path.EndsWith("/global", StringComparison.Ordinal)
                && !path.EndsWith("/$defs/kubernetes", StringComparison.Ordinal));

        Assert.Empty(open);
    }

    /// <summary>After a change that is meant, <c>FED_WRITE_GOLDEN=1</c> writes the table anew.</summary>
    [HelmTheory]
    [MemberData(nameof(All))]
    public async Task Readme_OfAChart_HasTheTableOfItsValues(string chart)
    {
        var path = Charts.PathOf(chart, "README.md");
        var readme = await File.ReadAllTextAsync(path);
        var start = readme.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length;
        Assert.True(start >= Mark.Length, $"{path} has no line {Mark}");
        var table = ValuesTable.Write(ValuesTable.Rows(Schema(chart), await Charts.ReadAsync(chart)));
        if (Environment.GetEnvironmentVariable("FED_WRITE_GOLDEN") == "1")
            await File.WriteAllTextAsync(path, readme[..start] + table);

        Assert.Equal(table, (await File.ReadAllTextAsync(path))[start..]);
    }

    private static JsonObject Schema(string chart) =>
        JsonNode.Parse(File.ReadAllText(Charts.PathOf(chart, "values.schema.json")))!.AsObject();

    private static IEnumerable<(string Path, JsonObject Schema)> ObjectsOf(JsonNode? node, string path)
    {
        if (node is JsonArray list)
            return list.SelectMany((each, place) => ObjectsOf(each, $"{path}/{place}"));
        if (node is not JsonObject schema)
            return [];
        var own = schema["type"] is JsonValue type && (string?)type == "object" ? [(path, schema)]
            : Array.Empty<(string, JsonObject)>();
        return own.Concat(schema.SelectMany(each => ObjectsOf(each.Value, $"{path}/{each.Key}")));
    }
}

/// <summary>The values of a chart as a table, in the schema's order.</summary>
internal static class ValuesTable
{
    private static readonly JsonSerializerOptions s_plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public sealed record Row(string Path, string Default, string Description, bool InValues);

    public static IEnumerable<Row> Rows(JsonObject schema, JsonObject values, string parent = "")
    {
        var known = schema["properties"]!.AsObject();
        foreach (var (name, _) in values)
            Assert.True(known.ContainsKey(name), $"{parent}{name} of values.yaml is not in the schema");
        foreach (var (name, node) in known)
        {
            var property = node!;
            if (parent.Length == 0 && name == "global")
                continue;
            var path = parent + name;
            var there = values.ContainsKey(name);
            var description = property.Text("description") ?? "";
            if (property["properties"] is null)
            {
                yield return new Row(path, there ? $"`{values[name]!.ToJsonString(s_plain)}`" : "", description, there);
                continue;
            }

            yield return new Row(path, "", description, there);
            foreach (var row in Rows(property.AsObject(), values[name]!.AsObject(), path + "."))
                yield return row;
        }
    }

    public static string Write(IEnumerable<Row> rows) =>
        "| value | default | |\n|---|---|---|\n"
        + string.Concat(rows.Select(row => $"| `{row.Path}` | {row.Default} | {row.Description} |\n"));
}

using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fed.Grains.Clusters;
using Fed.Silo.Storage;
using Fed.Tests.MediaQc;
using Orleans;
using Orleans.Runtime;

namespace Fed.Tests.Silo.Storage;

/// <summary>
/// The stored form of every grain state, against a golden document each: what an earlier release wrote must be read for
/// ever. After a change that is meant, <c>FED_WRITE_GOLDEN=1</c> writes them anew; the difference shows what changed.
/// </summary>
public sealed class StateJsonTests
{
    private static readonly StateJson Json = new();

    /// <summary>Whatever a grain asks for as persistent state.</summary>
    public static TheoryData<Type> States =>
    [
        .. typeof(ClusterAggregatorGrain).Assembly.GetTypes()
            .Where(type => typeof(Grain).IsAssignableFrom(type))
            .SelectMany(type => type.GetConstructors().SelectMany(constructor => constructor.GetParameters()))
            .Select(parameter => parameter.ParameterType)
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IPersistentState<>))
            .Select(type => type.GetGenericArguments()[0])
            .Distinct()
            .OrderBy(type => type.Name, StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(States))]
    public void State_HasAnAlias(Type state) =>
        Assert.StartsWith("fed.state.", state.GetCustomAttribute<AliasAttribute>()?.Alias, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(States))]
    public void State_WithEveryMemberSet_IsTheGoldenDocument(Type state)
    {
        var written = Serialize(state, SampleValue.Of(state));
        var path = GoldenOf(state);
        if (Environment.GetEnvironmentVariable("FED_WRITE_GOLDEN") == "1")
            File.WriteAllText(path, written);

        Assert.Equal(File.ReadAllText(path), written);
    }

    [Theory]
    [MemberData(nameof(States))]
    public void GoldenDocument_ReadAndWritten_IsTheSame(Type state)
    {
        var golden = File.ReadAllText(GoldenOf(state));

        var read = Method(nameof(StateJson.Deserialize), state)
            .Invoke(Json, [new BinaryData(Encoding.UTF8.GetBytes(golden))]);

        Assert.Equal(golden, Serialize(state, read));
    }

    /// <summary>As an earlier release wrote it, which did not know the member.</summary>
    [Theory]
    [MemberData(nameof(States))]
    public void Document_WithoutAMember_IsReadWithTheMemberAsInANewState(Type state)
    {
        var fresh = JsonNode.Parse(Serialize(state, Activator.CreateInstance(state)))!.AsObject();
        foreach (var (member, value) in fresh)
        {
            var document = JsonNode.Parse(File.ReadAllText(GoldenOf(state)))!.AsObject();
            document.Remove(member);

            var read = Method(nameof(StateJson.Deserialize), state).Invoke(Json, [new BinaryData(document)]);

            var again = JsonNode.Parse(Serialize(state, read))!.AsObject();
            Assert.True(JsonNode.DeepEquals(value, again[member]), $"{member} is {again[member]}");
        }
    }

    private static string Serialize(Type state, object? value)
    {
        var bytes = (BinaryData)Method(nameof(StateJson.Serialize), state).Invoke(Json, [value])!;
        using var document = JsonDocument.Parse(bytes);
        return JsonSerializer.Serialize(document, s_indented) + "\n";
    }

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    private static MethodInfo Method(string name, Type state) =>
        typeof(StateJson).GetMethod(name)!.MakeGenericMethod(state);

    private static string GoldenOf(Type state) => Path.Combine(
        Repository.Root, "Fed.Tests", "Silo", "Storage", "Golden",
        state.GetCustomAttribute<AliasAttribute>()!.Alias["fed.state.".Length..] + ".json");
}

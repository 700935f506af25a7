using System.Text;
using System.Text.Json;
using Fed.Contracts;
using Fed.Contracts.Federations;
using Fed.Core.Text;

namespace Fed.Tests.Core.Text;

/// <summary>What a person is told of a wrong JSON file.</summary>
public sealed class JsonFaultTests
{
    private const string Good = "\"name\": \"a\", \"task\": \"t\", \"model\": \"m\", \"clusters\": [], \"roster\": []";

    [Theory]
    [InlineData(
        "\"mode\": \"sometimes\"",
        "at $.mode (line 3, column 9): \"sometimes\" is not possible here; it must be \"async\" or \"sync\"")]
    [InlineData(
        "\"seed\": \"one\"", "at $.seed (line 3, column 9): \"one\" is not possible here; it must be a whole number")]
    [InlineData(
        "\"seed\": 99999999999",
        "99999999999 is not possible here; it must be a whole number, -2147483648 to 2147483647")]
    [InlineData("\"holdSeconds\": true", "true is not possible here; it must be a number")]
    [InlineData("\"codec\": 7", "7 is not possible here; it must be a text in quotes")]
    [InlineData(
        "\"training\": { \"controlVariates\": 1 }", "at $.training.controlVariates (line 3, column 34): 1 is not")]
    [InlineData("\"training\": [1, 2]", "[1, 2] is not possible here; it must be an object in braces")]
    [InlineData("\"classes\": \"a\"", "\"a\" is not possible here; it must be a list in square brackets")]
    [InlineData("\"surprise\": 1", "there is no property 'surprise'")]
    [InlineData("\"seed\": 1, \"seed\": 2", "the property 'seed' stands there twice")]
    [InlineData("\"codec\": null", "at $.codec (line 3, column 10): codec must not be null")]
    [InlineData("\"seed\": null", "null is not possible here; it must be a whole number")]
    [InlineData("\"training\": { \"a\": 1 }", "at $.training (line 3, column 15): there is no property 'a'")]
    [InlineData("\"seed\": 1,, ", "(line 3, column 11): ',' is an invalid")]
    public void Describe_AWrongProperty_SaysWhereWhatAndWhatIsPossible(string property, string expected)
    {
        var json = Encoding.UTF8.GetBytes($"{{\n{Good},\n{property}\n}}");

        var error = Assert.Throws<JsonException>(
            () => JsonSerializer.Deserialize<FederationSettings>(json, FedJson.Options));

        var text = JsonFault.Describe(error, json, FedJson.Options.GetTypeInfo(typeof(FederationSettings)));
        Assert.Contains(expected, text, StringComparison.Ordinal);
        Assert.DoesNotContain("Fed.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_ALongValue_IsCut()
    {
        var json = Encoding.UTF8.GetBytes($"{{{Good}, \"seed\": \"{new string('x', 1000)}\"}}");

        var error = Assert.Throws<JsonException>(
            () => JsonSerializer.Deserialize<FederationSettings>(json, FedJson.Options));

        var type = FedJson.Options.GetTypeInfo(typeof(FederationSettings));
        Assert.InRange(JsonFault.Describe(error, json, type).Length, 100, 300);
    }

    [Theory]
    [InlineData("{}", "missing 'name', 'task', 'model', 'clusters', 'roster'")]
    [InlineData("[]", "[] is not possible here; it must be an object in braces")]
    public void Describe_AWrongDocument_SaysWhatIsMissing(string text, string expected)
    {
        var json = Encoding.UTF8.GetBytes(text);

        var error = Assert.Throws<JsonException>(
            () => JsonSerializer.Deserialize<FederationSettings>(json, FedJson.Options));

        Assert.Contains(
            expected,
            JsonFault.Describe(error, json, FedJson.Options.GetTypeInfo(typeof(FederationSettings))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_AnyJson_FindsWhatStandsThereTwice()
    {
        var json = "{\"a\":{\"b\":1,\"b\":2}}"u8.ToArray();
        var options = new JsonDocumentOptions { AllowDuplicateProperties = false };

        var error = Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(json, options));

        Assert.Contains(
            "at $.a (line 1, column 13): the property 'b' stands there twice",
            JsonFault.Describe(error, json, expected: null),
            StringComparison.Ordinal);
    }
}

using System.Text;
using System.Text.Json;
using Fed.Core.Text;

namespace Fed.Tests.Core.Text;

public sealed class JsonTextTests
{
    private const string Json = """
        {
          "name": "Köln",
          "roster": [ { "name": "a" }, { "name": 3, "odd name": [1, 2] } ]
        }
        """;

    [Fact]
    public void RequireUtf8_WithAByteOrderMark_IsTheTextWithoutIt() => Assert.Equal(
        Json,
        Encoding.UTF8.GetString(
            JsonText.RequireUtf8([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Json)])));

    [Fact]
    public void RequireUtf8_Latin1_NamesLineColumnAndByte()
    {
        var error = Assert.Throws<JsonException>(() => JsonText.RequireUtf8(Encoding.Latin1.GetBytes(Json)).Length);

        Assert.Contains("line 2, column 13 has the byte 0xF6", error.Message, StringComparison.Ordinal);
        Assert.Contains("UTF-8", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"Köln\"", 2, 11)]
    [InlineData("2]", 3, 61)]
    public void PlaceOf_AByte_CountsLinesAndCharacters(string value, int line, int column)
    {
        var json = Encoding.UTF8.GetBytes(Json);

        var offset = json.AsSpan().IndexOf(Encoding.UTF8.GetBytes(value));

        Assert.Equal((line, column), JsonText.PlaceOf(json, offset));
    }
}

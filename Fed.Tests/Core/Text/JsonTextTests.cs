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
    [InlineData("$", "{", 1, 1)]
    [InlineData("$.name", "\"Köln\"", 2, 11)]
    [InlineData("$.roster[0]", "{ \"name\": \"a\" }", 3, 15)]
    [InlineData("$.roster[1].name", "3", 3, 42)]
    [InlineData("$.roster[1]['odd name'][1]", "2", 3, 61)]
    public void Find_APathOfTheSerializer_GivesTheValueAndItsPlace(string path, string value, int line, int column)
    {
        var json = Encoding.UTF8.GetBytes(Json);

        var found = JsonText.Find(json, path)!.Value;

        Assert.StartsWith(value, Encoding.UTF8.GetString(json.AsSpan(found)), StringComparison.Ordinal);
        Assert.Equal((line, column), JsonText.PlaceOf(json, found.Start.GetOffset(json.Length)));
    }

    [Theory]
    [InlineData("$.roster[2]")]
    [InlineData("$.name.x")]
    [InlineData("$.other")]
    public void Find_WhatIsNotThere_IsNull(string path) =>
        Assert.Null(JsonText.Find(Encoding.UTF8.GetBytes(Json), path));
}

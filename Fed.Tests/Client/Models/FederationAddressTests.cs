using Fed.Client.Models;

namespace Fed.Tests.Client.Models;

/// <summary>One address for a server and one of its federations.</summary>
public sealed class FederationAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080/codecs", "http://127.0.0.1:8080/", "codecs")]
    [InlineData("https://fed.example/behind/a/proxy/codecs/", "https://fed.example/behind/a/proxy/", "codecs")]
    [InlineData("https://fed.example/base/v1/federations/codecs", "https://fed.example/base/", "codecs")]
    public void Parse_AnAddress_TakesTheLastPartForTheFederation(string text, string server, string federation)
    {
        var address = FederationAddress.Parse(text);

        Assert.Equal((server, federation), (address.Server.AbsoluteUri, address.Federation));
    }

    [Theory]
    [InlineData("codecs", "is no http or https address")]
    [InlineData("ftp://fed.example/codecs", "is no http or https address")]
    [InlineData("http://fed.example/codecs?x=1", "is no http or https address")]
    [InlineData("http://fed.example/", "names no federation")]
    [InlineData("http://fed.example/Codecs", "names no federation")]
    [InlineData("http://fed.example/a%2Fb", "names no federation")]
    [InlineData("http://fed.example/%2E%2E", "names no federation")]
    public void Parse_WhatIsNone_SaysWhatToGive(string text, string expected)
    {
        var refused = Assert.Throws<ArgumentException>(() => FederationAddress.Parse(text));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.Contains("for example https://fed.example/codecs", refused.Message, StringComparison.Ordinal);
    }
}

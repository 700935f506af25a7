using System.Text;
using Fed.Silo.Storage.Azure;

namespace Fed.Tests.Silo.Azure;

public sealed class AzureListingTests
{
    [Fact]
    public void Parse_APage_HasItsBlobsAndTheNextMarker()
    {
        var page = AzureListing.Parse(Encoding.UTF8.GetBytes(
            "\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults><Blobs><Blob><Name>a/b</Name>"
            + "<Properties><Last-Modified>Fri, 26 Jun 2015 23:39:12 GMT</Last-Modified><Content-Length>5</Content-Length>"
            + "</Properties></Blob></Blobs><NextMarker>x&amp;y</NextMarker></EnumerationResults>"));

        Assert.Equal("x&y", page.NextMarker);
        Assert.Equal(
            new AzureListing.Item("a/b", 5, new DateTimeOffset(2015, 6, 26, 23, 39, 12, TimeSpan.Zero)),
            Assert.Single(page.Items));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html><body>")]
    [InlineData("<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><EnumerationResults>&e;</EnumerationResults>")]
    [InlineData("<EnumerationResults><Blobs><Blob><Name>a</Name></Blob></Blobs></EnumerationResults>")]
    public void Parse_WhatIsNoListing_IsRefused(string xml) =>
        Assert.Throws<AzureUnavailableException>(() => AzureListing.Parse(Encoding.UTF8.GetBytes(xml)));
}

using System.Security.Cryptography;
using System.Text;
using Fed.Silo.Storage.Azure;

namespace Fed.Tests.Silo.Azure;

/// <summary>
/// The strings to sign that "Authorize with Shared Key" prints. It gives no key to its signatures; that those are right
/// is for Azurite to say.
/// </summary>
public sealed class SharedKeySignerTests
{
    private static readonly DateTimeOffset Date = new(2015, 6, 26, 23, 39, 12, TimeSpan.Zero);

    [Fact]
    public void StringToSign_OfAGet_IsTheOneOfTheDocumentation()
    {
        var message = Message(HttpMethod.Get, "restype=container&comp=metadata&timeout=20");

        Assert.Equal(
            "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2015-02-21\n"
            + "/myaccount/mycontainer\ncomp:metadata\nrestype:container\ntimeout:20",
            SharedKeySigner.StringToSign(message, "myaccount"));
    }

    [Fact]
    public void StringToSign_OfAPutWithoutABody_LeavesItsLengthEmpty()
    {
        var message = Message(HttpMethod.Put, "restype=container&timeout=30");

        Assert.Equal(
            "PUT\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2015-02-21\n"
            + "/myaccount/mycontainer\nrestype:container\ntimeout:30",
            SharedKeySigner.StringToSign(message, "myaccount"));
    }

    [Fact]
    public void StringToSign_OfAConditionalPut_HasItsHeadersInTheirPlaces()
    {
        var request = new AzureRequest(HttpMethod.Put, "c/b", "blockid=AA%3D%3D&comp=block")
        {
            Body = new byte[5],
            Md5 = [1, 2, 3],
            ContentType = "application/xml",
            Headers = [("x-ms-blob-type", "BlockBlob"), ("If-None-Match", "*")],
        };

        using var message = request.ToMessage(new Uri("http://127.0.0.1:1/acc"), Date);

        Assert.Equal(
            "PUT\n\n\n5\nAQID\napplication/xml\n\n\n\n*\n\n\nx-ms-blob-type:BlockBlob\n"
            + "x-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2021-12-02\n"
            + "/acc/acc/c/b\nblockid:AA==\ncomp:block",
            SharedKeySigner.StringToSign(message, "acc"));
    }

    [Fact]
    public void Sign_AMessage_PutsTheHmacOfThatStringBesideTheAccount()
    {
        var key = Encoding.ASCII.GetBytes("a key");
        var message = Message(HttpMethod.Get, "comp=list");

        new SharedKeySigner("myaccount", key).Sign(message);

        var text = Encoding.UTF8.GetBytes(SharedKeySigner.StringToSign(message, "myaccount"));
        Assert.Equal(
            $"SharedKey myaccount:{Convert.ToBase64String(HMACSHA256.HashData(key, text))}",
            message.Headers.Authorization!.ToString());
    }

    private static HttpRequestMessage Message(HttpMethod method, string query)
    {
        var message = new HttpRequestMessage(method, $"https://myaccount.blob.core.windows.net/mycontainer?{query}");
        message.Headers.Add("x-ms-version", "2015-02-21");
        message.Headers.Add("x-ms-date", Date.ToString("R"));
        if (method == HttpMethod.Put)
            message.Content = new ByteArrayContent([]);
        return message;
    }
}

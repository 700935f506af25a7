using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fed.Contracts;
using Fed.Contracts.Participants;
using Fed.Core.Blocks;
using Fed.Core.Codecs;

namespace Fed.Tests.Silo;

/// <summary>A participant that speaks the protocol by hand, so that it can also speak it wrongly.</summary>
internal sealed class TestParticipant(TestFederation federation, string name) : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestFederation Federation => federation;

    public string Path => $"{federation.Url}/participants/{name}";

    public string PublicKey => Convert.ToBase64String(_key.ExportSubjectPublicKeyInfo());

    public Task<HttpResponseMessage> EnrolAsync(string cluster = "h264") => federation.Client.PutAsJsonAsync(
        $"{Path}/enrolment", new EnrolmentRequest(cluster, "media-qc", PublicKey), FedJson.Options);

    /// <summary>A valid update against the given base, each parameter <paramref name="value"/>.</summary>
    public static byte[] Update(string baseModel, float value = 0.25f, int? parameters = null, string codec = "float32")
    {
        var delta = new float[parameters ?? TestModel.Parameters];
        delta.AsSpan().Fill(value);
        using var file = new MemoryStream();
        UpdateWriter.Write(file, delta, BlockCodecs.ByName(codec), examples: 32, baseModel, TestModel.LayoutHash);
        return file.ToArray();
    }

    /// <param name="baseModel">Null: the one that the body's header names, where it is long enough to.</param>
    public HttpRequestMessage Request(long sequence, byte[] body, string? baseModel = null)
    {
        var digest = SHA256.HashData(body);
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/vnd.fedhier.update");
        content.Headers.Add("Content-Digest", $"sha-256=:{Convert.ToBase64String(digest)}:");
        var request = new HttpRequestMessage(HttpMethod.Put, $"{Path}/updates/{sequence}") { Content = content };
        request.Headers.Add("Fed-Signature", Sign(sequence, Convert.ToHexStringLower(digest)));
        request.Headers.Add("Fed-Base-Model", baseModel ?? BaseOf(body));
        return request;
    }

    private static string BaseOf(byte[] body) =>
        body.Length < BlockFileHeader.Size ? new string('0', 64) : Convert.ToHexStringLower(body.AsSpan(40, 32));

    public string Sign(long sequence, string sha256) =>
        SignText($"fed-update-v1\n{federation.Name}\n{name}\n{sequence}\n{sha256}");

    private string SignText(string text) => Convert.ToBase64String(_key.SignData(
        Encoding.ASCII.GetBytes(text),
        HashAlgorithmName.SHA256,
        DSASignatureFormat.IeeeP1363FixedFieldConcatenation));

    /// <param name="signature">Null: a right one; empty: none.</param>
    public async Task<HttpResponseMessage> EvaluateAsync(EvaluationReport report, string? signature = null)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(report, FedJson.Options);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Path}/evaluations");
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        signature ??= SignText(
            $"fed-evaluation-v1\n{federation.Name}\n{name}\n{Convert.ToHexStringLower(SHA256.HashData(body))}");
        if (signature.Length > 0)
            request.Headers.Add("Fed-Signature", signature);
        return await federation.Client.SendAsync(request);
    }

    /// <param name="gateway">Null: the federation's.</param>
    public Task<HttpResponseMessage> SendAsync(long sequence, byte[] body, HttpClient? gateway = null) =>
        (gateway ?? federation.Client).SendAsync(Request(sequence, body));

    public void Dispose() => _key.Dispose();
}

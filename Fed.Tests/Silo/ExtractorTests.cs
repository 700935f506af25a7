using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Fed.Contracts;
using Fed.Contracts.Collection;
using Fed.Contracts.Federations;
using Fed.Contracts.Storage;
using Fed.Core.Models;
using Fed.Grains.Collection;
using Fed.Training;
using Microsoft.Extensions.DependencyInjection;

namespace Fed.Tests.Silo;

/// <summary>Federations whose first layers come from elsewhere and stay as they are.</summary>
public sealed class ExtractorTests(SharedSilo shared) : IClassFixture<SharedSilo>
{
    private const string Model = """
        {"name":"two","input":[10],"loss":"softmaxCrossEntropy",
         "layers":[{"type":"dense","units":5},{"type":"relu"},{"type":"dense","units":4}]}
        """;

    private static readonly ModelSpecification s_model = ModelSpecification.Parse(Model);
    private static readonly ModelSplit s_split = ModelSplit.Cut(s_model, [0]);

    [Fact]
    public async Task Create_BehindAnotherFederationsVersion_TrainsAndServesTheHeadAndTheExtractor()
    {
        var source = await SourceAsync();
        var settings = Settings(source.InitialModel, 0);

        var created = await CreateAsync(settings, HttpStatusCode.Created);
        var again = await CreateAsync(settings, HttpStatusCode.OK);

        var extractor = Assert.IsType<Extractor>(created.Extractor);
        var head = s_split.Head(extractor.Sha256);
        Assert.Equal((extractor.Sha256, created.InitialModel), (again.Extractor!.Sha256, again.InitialModel));
        Assert.Equal((24, 55, head.Layout.Hash), (created.Parameters, extractor.Parameters, created.LayoutHash));
        var whole = await VectorAsync(source.InitialModel, s_model.Layout);
        Assert.Equal(whole[..55], Read(await ServedAsync(created, extractor.Sha256), s_split.Frozen));
        Assert.Equal(
            head.Initialise(1), Read(await ServedAsync(created, created.InitialModel), head.Layout));
        // What it was cut out of is not this federation's.
        using var other = await shared.Silo.Client.GetAsync(ModelUrl(created, source.InitialModel));
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Fact]
    public async Task Create_FromTheSameWholeModel_StartsFromItsHead()
    {
        var source = await SourceAsync();
        var settings = Settings(source.InitialModel, 0);
        settings["initialModel"] = source.InitialModel;

        var created = await CreateAsync(settings, HttpStatusCode.Created);

        var whole = await VectorAsync(source.InitialModel, s_model.Layout);
        var head = s_split.Head(created.Extractor!.Sha256);
        Assert.Equal(whole[55..], await VectorAsync(created.InitialModel, head.Layout));
    }

    [Theory]
    [InlineData("[]", "extractor.frozen: no layer is frozen")]
    [InlineData("[0,2]", "extractor.frozen: all layers with parameters (0, 2) are frozen")]
    [InlineData("[2]", "extractor.frozen: layer 2 is frozen behind layer 0, which is trained")]
    [InlineData("[\"0\"]", "extractor.frozen")]
    public async Task Create_WithLayersThatCannotBeFrozen_IsRefused(string frozen, string reason)
    {
        var settings = Settings(new string('0', 64));
        settings["extractor"]!["frozen"] = JsonNode.Parse(frozen);

        Assert.Contains(reason, await RefusedAsync(settings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_BehindWhatIsNoExtractor_IsRefusedWithTheReason()
    {
        var other = await shared.CreateAsync();
        var spoilt = s_model.Initialise(1);
        spoilt[3] = float.PositiveInfinity;
        foreach (var (named, reason) in new[]
        {
            (new string('0', 64), $"extractor.source {new string('0', 64)} is no model that this silo has"),
            ("base.safetensors", "extractor.source is 'base.safetensors'; it must be the SHA-256"),
            (other.InitialModel, "does not fit the frozen layers: its tensor 1 is 0.weight[4,10], the specification's "
                + "is 0.weight[5,10]"),
            (await StoreAsync("no tensors"u8.ToArray()), "is no model: "),
            (await StoreAsync(Bytes(spoilt, s_model.Layout)), "has values that are not finite"),
        })
        {
            Assert.Contains(reason, await RefusedAsync(Settings(named, 0)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Extractor_WhoseSourceWasCollected_StaysAndTheFederationMayBeGivenAgain()
    {
        var settings = Settings(await StoreAsync(Bytes(s_model.Initialise(4_711), s_model.Layout)), 0);
        var created = await CreateAsync(settings, HttpStatusCode.Created);
        var collector = shared.Silo.Host.Services.GetRequiredService<BlobCollector>();

        var order = new CollectionRequest { By = "steward", Reason = "disk" };
        await collector.RunAsync(order, grace: TimeSpan.FromHours(-1), CancellationToken.None);

        Assert.Null(await Blobs.OpenAsync((string)settings["extractor"]!["source"]!, CancellationToken.None));
        var served = await ServedAsync(created, created.Extractor!.Sha256);
        Assert.Equal(s_model.Initialise(4_711)[..55], Read(served, s_split.Frozen));
        await CreateAsync(settings, HttpStatusCode.OK);
    }

    [Fact]
    public async Task Model_FromAByteOn_IsTheRest()
    {
        var created = await CreateAsync(Settings((await SourceAsync()).InitialModel, 0), HttpStatusCode.Created);
        var sha256 = created.Extractor!.Sha256;
        var whole = await ServedAsync(created, sha256);
        using var request = new HttpRequestMessage(HttpMethod.Get, ModelUrl(created, sha256));
        request.Headers.Range = new RangeHeaderValue(100, null);

        using var answer = await shared.Silo.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(whole[100..], await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal(whole.Length, answer.Content.Headers.ContentRange!.Length);
    }

    [Fact]
    public async Task File_ThatNamesAnExtractorBesideIt_IsCreatedOnceAndRefusedIfThatIsNone()
    {
        var folder = Directory.CreateTempSubdirectory("fed-extractor-").FullName;
        var extractor = Path.Combine(folder, "base.safetensors");
        var bytes = Bytes(s_model.Initialise(9)[..55], s_split.Frozen);
        await File.WriteAllBytesAsync(extractor, bytes);
        var file = Path.Combine(folder, "federation.json");
        var settings = Settings("base.safetensors", 0);
        await File.WriteAllTextAsync(file, settings.ToJsonString());

        for (var start = 0; start < 2; start++)
        {
            await using var silo = await StartAsync();
            var description = await silo.Client.GetFromJsonAsync<FederationDescription>(
                $"/v1/federations/{settings["name"]}", FedJson.Options);
            // A file that has nothing else is taken as it is.
            Assert.Equal(
                Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)),
                description!.Extractor!.Sha256);
        }

        await File.WriteAllTextAsync(extractor, "{}");
        var wrong = await Assert.ThrowsAsync<ArgumentException>(StartAsync);
        Assert.Contains("extractor.source is 'base.safetensors'", wrong.Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);

        Task<TestSilo> StartAsync() => TestSilo.StartAsync(
            Path.Combine(folder, "data"), options => options with { FederationFiles = [file] });
    }

    private JsonObject Settings(string extractor, params int[] frozen)
    {
        var settings = TestSilo.Settings(shared.NewName());
        settings["model"] = JsonNode.Parse(Model);
        settings["seed"] = 1;
        settings["extractor"] = new JsonObject
        {
            ["source"] = extractor,
            ["frozen"] = new JsonArray([.. frozen.Select(layer => JsonValue.Create(layer))]),
        };
        return settings;
    }

    /// <summary>A federation of the whole model.</summary>
    private Task<FederationDescription> SourceAsync()
    {
        var settings = TestSilo.Settings(shared.NewName());
        settings["model"] = JsonNode.Parse(Model);
        settings["seed"] = 42;
        return CreateAsync(settings, HttpStatusCode.Created);
    }

    private async Task<FederationDescription> CreateAsync(JsonObject settings, HttpStatusCode expected)
    {
        using var answer = await shared.Silo.PutSettingsAsync(settings, (string)settings["name"]!);
        Assert.Equal(expected, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<FederationDescription>(FedJson.Options))!;
    }

    private async Task<string> RefusedAsync(JsonObject settings)
    {
        using var answer = await shared.Silo.PutSettingsAsync(settings, (string)settings["name"]!);
        return (string)(await answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalidSettings"))["detail"]!;
    }

    private static string ModelUrl(FederationDescription federation, string sha256) =>
        $"/v1/federations/{federation.Settings.Name}/models/{sha256}";

    private Task<byte[]> ServedAsync(FederationDescription federation, string sha256) =>
        shared.Silo.Client.GetByteArrayAsync(ModelUrl(federation, sha256));

    private static byte[] Bytes(float[] values, ModelLayout layout)
    {
        using var file = new MemoryStream();
        Safetensors.Write(file, layout, values);
        return file.ToArray();
    }

    private static float[] Read(byte[] file, ModelLayout layout)
    {
        using var stream = new MemoryStream(file);
        return Safetensors.ReadParameters(stream, layout);
    }

    private async Task<float[]> VectorAsync(string sha256, ModelLayout layout)
    {
        using var blob = await Blobs.OpenAsync(sha256, CancellationToken.None);
        return Safetensors.ReadParameters(blob!, layout);
    }

    private async Task<string> StoreAsync(byte[] bytes)
    {
        await using var writer = await Blobs.CreateAsync(CancellationToken.None);
        writer.Stream.Write(bytes);
        return await writer.CommitAsync(CancellationToken.None);
    }

    private IBlobStore Blobs => shared.Silo.Host.Services.GetRequiredService<IBlobStore>();
}

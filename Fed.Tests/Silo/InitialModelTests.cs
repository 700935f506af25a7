using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Fed.Contracts;
using Fed.Contracts.Federations;
using Fed.Contracts.Storage;
using Fed.Core.Models;
using Fed.Training;
using Microsoft.Extensions.DependencyInjection;

namespace Fed.Tests.Silo;

/// <summary>Federations that start from a model that there is already.</summary>
public sealed class InitialModelTests(SharedSilo shared) : IClassFixture<SharedSilo>
{
    [Fact]
    public async Task Create_FromAnotherFederationsModel_StartsFromItHoweverOftenItIsAsked()
    {
        var first = await shared.CreateAsync();
        var settings = Settings(first.InitialModel);

        using var created = await shared.Silo.PutSettingsAsync(settings, (string)settings["name"]!);
        using var again = await shared.Silo.PutSettingsAsync(settings, (string)settings["name"]!);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (created.StatusCode, again.StatusCode));
        Assert.Equal(first.InitialModel, await InitialModelAsync(created));
    }

    [Fact]
    public async Task Create_WithControlVariates_StartsFromTheModelAndZeros()
    {
        var first = await shared.CreateAsync();
        var settings = Settings(first.InitialModel);
        settings["mode"] = "sync";
        settings["clusterTier"] = new JsonObject();
        settings["globalTier"] = new JsonObject();
        settings["training"] = new JsonObject { ["controlVariates"] = true };
        settings["arithmetic"] =
            new JsonObject { ["normalisation"] = "cohort", ["staleness"] = "constant", ["exampleCap"] = 1 };

        using var created = await shared.Silo.PutSettingsAsync(settings, (string)settings["name"]!);

        var layout = TestModel.Specification.Layout;
        var vector = await VectorAsync(await InitialModelAsync(created), ControlVariates.Extend(layout));
        Assert.Equal(await VectorAsync(first.InitialModel, layout), vector[..TestModel.Parameters]);
        Assert.All(vector[TestModel.Parameters..], value => Assert.Equal(0, value));
    }

    [Fact]
    public async Task Create_FromAModelOfAnotherShape_IsRefusedNamingBoth()
    {
        var first = await shared.CreateAsync();
        var settings = Settings(first.InitialModel);
        settings["model"]!["input"] = new JsonArray(11);

        using var answer = await shared.Silo.PutSettingsAsync(settings, (string)settings["name"]!);

        var problem = await answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalidSettings");
        var theirs = FirstTensor(TestModel.Specification);
        var ours = FirstTensor(ModelSpecification.Parse(settings["model"]!.ToJsonString()));
        Assert.Contains(
            $"its tensor 1 is {theirs}, the specification's is {ours}",
            (string?)problem["detail"],
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_FromWhatIsNoModel_IsRefused()
    {
        var first = await shared.CreateAsync();
        using var participant = await first.EnrolAsync();
        var update = TestParticipant.Update(first.InitialModel);
        (await participant.SendAsync(1, update)).EnsureSuccessStatusCode();
        var sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(update));

        foreach (var (named, said) in new[]
        {
            (sha256, "is no model: "), (new string('0', 64), "is no model that this silo has"),
            ("model.safetensors", "it must be the SHA-256 of a model"),
        })
        {
            var settings = Settings(named);
            using var answer = await shared.Silo.PutSettingsAsync(settings, (string)settings["name"]!);
            var problem = await answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalidSettings");
            Assert.Contains(said, (string?)problem["detail"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task File_ThatNamesAModelBesideIt_StartsFromThatAndMayBeGivenAgainWhenThatIsGone()
    {
        var folder = Directory.CreateTempSubdirectory("fed-initial-model-").FullName;
        var vector = TestModel.Specification.Initialise(77);
        await using (var model = File.Create(Path.Combine(folder, "start.safetensors")))
            Safetensors.Write(model, TestModel.Specification.Layout, vector);
        var settings = TestSilo.Settings();
        settings["initialModel"] = "start.safetensors";
        var file = Path.Combine(folder, "federation.json");
        await File.WriteAllTextAsync(file, settings.ToJsonString());

        for (var start = 0; start < 3; start++)
        {
            await using var silo = await TestSilo.StartAsync(
                Path.Combine(folder, "data"), options => options with { FederationFiles = [file] });
            var description = await silo.Client.GetFromJsonAsync<FederationDescription>(
                $"/v1/federations/{TestSilo.Federation}", FedJson.Options);
            Assert.Equal(vector, await VectorAsync(
                description!.InitialModel, TestModel.Specification.Layout, silo));
            if (start == 1)
                File.Delete(Path.Combine(folder, "start.safetensors"));
        }

        var wrong = await Assert.ThrowsAsync<ArgumentException>(() => TestSilo.StartAsync(
            Path.Combine(folder, "other"), options => options with { FederationFiles = [file] }));
        Assert.Contains("initialModel is 'start.safetensors'", wrong.Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private static string FirstTensor(ModelSpecification model) => model.Layout.ToString().Split('\n')[0];

    private JsonObject Settings(string initialModel)
    {
        var settings = TestSilo.Settings(shared.NewName());
        settings["initialModel"] = initialModel;
        settings["seed"] = 1_000;
        return settings;
    }

    private static async Task<string> InitialModelAsync(HttpResponseMessage answer)
    {
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<FederationDescription>(FedJson.Options))!.InitialModel;
    }

    private async Task<float[]> VectorAsync(string sha256, ModelLayout layout, TestSilo? silo = null)
    {
        var blobs = (silo ?? shared.Silo).Host.Services.GetRequiredService<IBlobStore>();
        using var blob = await blobs.OpenAsync(sha256, CancellationToken.None);
        return Safetensors.ReadParameters(blob!, layout);
    }
}

using Fed.Client.Agent;
using Fed.Client.Protocol;
using Fed.Contracts.Federations;
using Fed.Core.IO;
using Fed.Core.Models;
using Fed.MediaQc.Folders;
using Fed.Training;

namespace Fed.Tests.Client;

/// <summary>
/// Three houses in two clusters, unlike in their classes and in how much they have, and a synchronous federation of
/// them.
/// </summary>
internal sealed class SkewedHouses : IDisposable
{
    public const double Rate = 0.05;
    public const double Decay = 0.5;

    private readonly AgentHarness[] _agents = [new("a", "h264"), new("b", "h264"), new("c", "av1")];

    public SkewedHouses()
    {
        TestData.WriteSkewed(_agents[0].Data, 11, 24, 0, 1);
        TestData.WriteSkewed(_agents[1].Data, 12, 16, 1, 2);
        TestData.WriteSkewed(_agents[2].Data, 13, 8, 3);
    }

    public static ModelSpecification Model { get; } = ModelSpecification.Parse(TestData.Model);

    public static int Parameters { get; } = (int)Model.Layout.ParameterCount;

    /// <summary>The vector that the federation starts from: x.</summary>
    public static float[] Start => Model.Initialise(1);

    public IReadOnlyList<AgentHarness> Agents => _agents;

    public IReadOnlyList<SampleSet> Data => [.. _agents.Select(agent => ParticipantFolder.Open(agent.Data).Train)];

    /// <param name="steps">Of full batches, a round.</param>
    public static FederationSettings Settings(int rounds, int steps, double momentum = 0, bool controlled = true) =>
        ClientSilo.Settings(rounds) with
        {
            Mode = FederationMode.Sync,
            ClusterTier = new TierSettings(),
            GlobalTier = new TierSettings(),
            Arithmetic = new ArithmeticSettings
            {
                Normalisation = Normalisations.Cohort,
                Staleness = "constant",
                ExampleCap = 1,
            },
            EvaluateEvery = 0,
            Training = new TrainingPolicy
            {
                BatchSize = 100,
                Epochs = steps,
                LearningRate = Rate,
                Momentum = momentum,
                WeightDecay = Decay,
                ControlVariates = controlled,
            },
        };

    public Task<float[]> RunAsync(FederationSettings settings) => RunAsync(settings, _agents);

    /// <summary>Runs a federation to its end.</summary>
    /// <returns>The last global version: x, or [x; c].</returns>
    public static async Task<float[]> RunAsync(FederationSettings settings, IEnumerable<AgentHarness> agents)
    {
        await using var silo = await ClientSilo.StartAsync(settings);
        await Task.WhenAll(agents.Select(agent => agent.RunAsync(silo.Address)));
        using var client = new FederationClient(silo.Address);
        var status = await client.StatusAsync(settings.Name, CancellationToken.None);
        Assert.Equal(settings.TargetVersions, status.Global.Version);
        using var file = new MemoryStream();
        await client.DownloadModelAsync(
            settings.Name, status.Global.ModelSha256, file, CancellationToken.None);
        return Read(file.ToArray());
    }

    /// <summary>c_i as it lies in an agent's folder.</summary>
    public static float[] Own(AgentHarness agent)
    {
        using var state = StateFolder.Open(agent.State);
        var updates = state.Updates(ClientSilo.Federation);
        var binding = new ResidualBinding(
            agent.Participant,
            ClientSilo.Federation,
            ControlVariates.Extend(Model.Layout).Hash,
            $"the control variate after update {updates.Ledger.LastAccepted}");
        return ResidualFile.Read(updates.ResidualFile()!, binding, Parameters);
    }

    public void Dispose()
    {
        foreach (var agent in _agents)
            agent.Dispose();
    }

    private static float[] Read(byte[] file)
    {
        var reader = new MemoryReader(file);
        return Safetensors.ReadParameters(reader, SafetensorsHeader.Read(reader).Layout);
    }
}

using Fed.Client;
using Fed.Client.Agent;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Core.Blocks;
using Fed.Core.Codecs;
using Fed.Core.IO;
using Fed.MediaQc.Folders;
using Fed.Training;

namespace Fed.Tests.Client;

/// <summary>One full step of SCAFFOLD from [x; c], and what is carried from it to the next.</summary>
public sealed class LocalRoundTests : IDisposable
{
    private const float Control = 0.25f;
    private const double Rate = 0.125;
    private static readonly int Parameters = SkewedHouses.Parameters;
    private static readonly float[] Start = [.. SkewedHouses.Start, .. Enumerable.Repeat(Control, Parameters)];

    private readonly string _folder = Directory.CreateTempSubdirectory("fed-client-round-").FullName;
    private readonly StringWriter _events = new();
    private readonly LocalLearner _learner;
    private UpdateStore _updates;

    public LocalRoundTests()
    {
        TestData.Write(_folder, 1);
        _learner = new LocalLearner(ParticipantFolder.Open(_folder), TestData.Model);
        _updates = UpdateStore.Open(Path.Combine(_folder, "updates"));
    }

    public void Dispose()
    {
        _events.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Run_FirstTime_StartsFromZero()
    {
        Run(1);

        Assert.True(Moved() > 0.1);
        Assert.Empty(_events.ToString());
    }

    // With c_i the gradient at x, one full step follows g - c_i + c = c alone.
    [Fact]
    public void Run_AfterItsUpdateWasAccepted_TakesTheNewControl()
    {
        Run(1);
        _updates = UpdateStore.Open(Path.Combine(_folder, "updates"));
        _updates.Accept();

        Run(2);

        Assert.True(Moved() < 1e-5);
        Assert.Empty(_events.ToString());
    }

    [Fact]
    public void Run_AfterItsUpdateWasDropped_KeepsTheControlBefore()
    {
        Run(1);
        var first = Sent();
        _updates.Drop();

        Run(1);

        Assert.Equal(first, Sent());
        Assert.Empty(_events.ToString());
    }

    [Theory]
    [InlineData("missing", "no control variate of them is here")]
    [InlineData("altered", "missing or damaged")]
    [InlineData("ahead", "the control variate after update 3")]
    [InlineData("behind", "the control variate after update 1")]
    [InlineData("renumbered", "the control variate after update 4")]
    public void Run_WithoutTheControlThatTheServerKnows_MakesItAgainFromTheGradient(string how, string reason)
    {
        const int kept = 2;
        // The control is another than the gradient at x: it is from another x.
        if (how != "missing")
            Run(kept, [.. Start[..Parameters].Select(value => value + 1), .. Start[Parameters..]]);
        if (how == "renumbered")
            _updates.Renumber(4);
        if (how != "missing")
            _updates.Accept();
        if (how == "altered")
            File.AppendAllText(_updates.ResidualFile()!, "!");
        _events.GetStringBuilder().Clear();

        Run(how switch { "ahead" => 4, "behind" => 2, "renumbered" => 5, _ => kept + 1 });

        Assert.True(Moved() < 1e-5);
        Assert.Contains(reason, _events.ToString());
        Assert.Contains("the gradient at version 7 takes its place", _events.ToString());
    }

    /// <summary>Learns from a vector and keeps the update, without anything sent.</summary>
    private void Run(long sequence, float[]? start = null)
    {
        var writer = new StringWriter();
        var log = new SessionLog(
            new AgentLog(writer, json: false).Write, TimeProvider.System, "a", new Membership(ClientSilo.Federation, "h264"));
        var layout = ControlVariates.Extend(SkewedHouses.Model.Layout);
        var task = new ParticipantTask(
            "train-h264-7",
            TaskKind.Train,
            "h264",
            Version: 7,
            new string('0', 64),
            layout.Hash,
            layout.ParameterCount,
            "float32",
            Bound: 8,
            Seed: 1,
            new TrainingPolicy { BatchSize = 24, LearningRate = Rate, ControlVariates = true });
        new LocalRound(_learner, _updates, log, TimeProvider.System)
            .Run(task, start ?? Start, sequence, CancellationToken.None);
        var lines = writer.ToString().Split(Environment.NewLine);
        foreach (var line in lines.Where(line => line.Contains("takes its place", StringComparison.Ordinal)))
            _events.WriteLine(line);
    }

    /// <summary>How far x moved beside what c alone would have moved it, in units of the gradient.</summary>
    private double Moved() => Sent()[..Parameters].Max(value => Math.Abs(value + Rate * Control)) / Rate;

    private float[] Sent()
    {
        var file = new BlockFileReader(new MemoryReader(File.ReadAllBytes(_updates.PendingFile)));
        var values = new float[file.Header.Dimension];
        var buffer = new byte[file.MaxBlockBytes];
        for (var block = 0; block < file.Header.BlockCount; block++)
        {
            new Float32Codec().Decode(
                file.ReadBlock(block, buffer),
                values.AsSpan(block * file.Header.BlockLength, file.Header.LengthOf(block)));
        }

        return values;
    }
}

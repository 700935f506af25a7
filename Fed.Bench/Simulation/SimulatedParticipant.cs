using System.Numerics.Tensors;
using Fed.Bench.Attacks;
using Fed.Core.Blocks;
using Fed.Core.Codecs;
using Fed.Training;
using Fed.Training.Data;

namespace Fed.Bench.Simulation;

/// <summary>One participant: its data, its trainer and what its encodings have left out so far.</summary>
internal sealed class SimulatedParticipant
{
    private static readonly string NoModel = new('0', 64);

    private readonly ModelSpecification _model;
    private readonly ITrainer _trainer;
    private readonly SampleSet _data;
    private readonly IBlockCodec _codec;
    private readonly float[] _residual;

    public SimulatedParticipant(ModelSpecification model, SampleSet data, string codec, IAttack? attack)
    {
        _model = model;
        _trainer = Trainers.Create(model);
        _data = attack?.Poison(data) ?? data;
        _codec = BlockCodecs.ByName(codec);
        _residual = new float[model.Layout.ParameterCount];
        Attack = attack;
    }

    /// <summary>Null for an honest one.</summary>
    public IAttack? Attack { get; }

    public long Examples => _data.Count;

    /// <summary>What it will send, before encoding.</summary>
    public float[] Delta { get; set; } = [];

    /// <summary>L2 norm of the delta.</summary>
    public double Norm => Math.Sqrt(Delta.Sum(value => (double)value * value));

    public void Train(float[] model, TrainingSettings settings, CancellationToken cancellationToken)
    {
        var trained = (float[])model.Clone();
        try
        {
            _trainer.Train(trained, _data, settings, cancellationToken);
        }
        catch (TrainingDivergedException)
        {
            // A model that an attack has ruined may be beyond training: then nothing is contributed.
            trained = (float[])model.Clone();
        }

        TensorPrimitives.Subtract(trained, model, trained);
        Delta = trained;
    }

    /// <summary>The update's bytes. What the codec leaves out is carried to the next one (error feedback).</summary>
    /// <param name="bound">Beyond it a silo would refuse the update: larger values are cut to it.</param>
    public byte[] Encode(float bound, ulong seed)
    {
        if (_codec.NeedsErrorFeedback)
            TensorPrimitives.Add(Delta, _residual, Delta);
        TensorPrimitives.Min(Delta, bound * 0.999f, Delta);
        TensorPrimitives.Max(Delta, bound * -0.999f, Delta);
        using var stream = new MemoryStream();
        if (_codec.NeedsErrorFeedback)
        {
            UpdateWriter.WriteLeavingResidual(stream, Delta, _codec, Examples, NoModel, _model.Layout.Hash, seed);
            Delta.CopyTo(_residual, 0);
        }
        else
        {
            UpdateWriter.Write(stream, Delta, _codec, Examples, NoModel, _model.Layout.Hash, seed);
        }

        return stream.ToArray();
    }
}

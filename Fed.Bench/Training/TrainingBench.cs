using System.CommandLine;
using Fed.Core;
using Fed.Training;
using Fed.Training.Managed;
using Fed.Training.Managed.Layers;

namespace Fed.Bench.Training;

/// <summary><c>fed bench training</c>: both trainers against triple loops, per core.</summary>
internal static class TrainingCommand
{
    private const string Both = "both";
    private const string Managed = "managed";
    private const string Torch = "torch";

    public static Command Create()
    {
        var json = JsonFile.Option();
        var batch = new Option<int>("--batch")
        {
            Description = "examples a step, 1 to 4096",
            DefaultValueFactory = _ => 16,
        };
        batch.Validators.Add(result =>
        {
            var text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "1";
            if (int.TryParse(text, out var value) && value is < 1 or > 4096)
                result.AddError($"--batch is {value}; it must be 1 to 4096");
        });
        var trainer = new Option<string>("--trainer")
        {
            Description = "managed, torch (OMP_NUM_THREADS threads), or both; the first model's start is cold",
            DefaultValueFactory = _ => Both,
        };
        trainer.AcceptOnlyFromAmong(Both, Managed, Torch);
        var seconds = new Option<double>("--seconds")
        {
            Description = "seconds spent on each figure",
            DefaultValueFactory = _ => 0.3,
        };
        var command = new Command("training", "GFLOP/s of the matrix products and samples/s of training steps")
        {
            json, batch, trainer, seconds,
        };
        command.SetAction(parsed => Run(
            Kinds(parsed.GetValue(trainer)!), parsed.GetValue(batch), parsed.GetValue(seconds), parsed.GetValue(json)));
        return command;
    }

    private static TrainerKind[] Kinds(string trainer) => trainer switch
    {
        Managed => [TrainerKind.Managed],
        Torch => [TrainerKind.Torch],
        _ => [TrainerKind.Managed, TrainerKind.Torch],
    };

    private static void Run(TrainerKind[] kinds, int batch, double seconds, FileInfo? json)
    {
        Console.WriteLine(
            $"{"model",-14}{"parameters",12}{"mult-adds",12}  {"trainer",-10}{"batch",6}{"first, s",10}{"of CPU",8}"
            + $"{"train/s",10}{"evaluate/s",12}{"naive/s",10}{"ratio",8}");
        var steps = Table(
            BenchModels.All.SelectMany(model => kinds.Select(kind => StepBench.Run(model, kind, batch, seconds))),
            step => $"{step.Model,-14}{step.Parameters,12}{step.MultiplyAdds,12}  {step.Trainer,-10}{step.Batch,6}"
                + $"{step.FirstSeconds,10:0.000}{step.FirstProcessorSeconds,8:0.000}{step.TrainPerSecond,10:0}"
                + $"{step.EvaluatePerSecond,12:0}{step.NaivePerSecond,10:0}{step.Ratio,8:0.0}");
        Console.WriteLine($"{"managed layer",-34}{"forward, us",14}{"backward, us",14}");
        var layers = Table(
            BenchModels.All.SelectMany(model => LayerBench.Run(model, batch, seconds)),
            layer => $"{layer.Model,-14}{layer.Layer,-20}{layer.Forward,14:0.0}{layer.Backward,14:0.0}");
        Console.WriteLine($"{"product",-10}{"m",6}{"n",6}{"k",6}{"GFLOP/s",10}{"naive",8}{"ratio",8}");
        var products = Table(
            ProductBench.Run(seconds),
            product => $"{product.Kind,-10}{product.M,6}{product.N,6}{product.K,6}{product.Gflops,10:0.0}"
                + $"{product.NaiveGflops,8:0.0}{product.Ratio,8:0.0}");
        JsonFile.Write(json, new { steps, layers, products });
    }

    private static List<T> Table<T>(IEnumerable<T> figures, Func<T, string> line)
    {
        var all = new List<T>();
        foreach (var figure in figures)
        {
            all.Add(figure);
            Console.WriteLine(line(figure));
        }

        Console.WriteLine();
        return all;
    }
}

/// <param name="Parameters">D.</param>
/// <param name="MultiplyAdds">Of one sample forward.</param>
/// <param name="Trainer">managed or torch.</param>
/// <param name="FirstSeconds">
/// From making the trainer to the end of the first samples (<see cref="StepBench.Samples"/>);
/// cold, with all just-in-time compilation and loading of libraries, for the first figure of a process only.
/// </param>
/// <param name="FirstProcessorSeconds">The same in processor time of this process.</param>
/// <param name="TrainPerSecond">Samples trained a second of processor time, by steps of the batch size.</param>
/// <param name="EvaluatePerSecond">Samples evaluated a second of processor time.</param>
/// <param name="NaivePerSecond">
/// Samples a second of processor time if a step were no more than its products, by triple loops.
/// </param>
internal sealed record StepFigure(
    string Model,
    long Parameters,
    long MultiplyAdds,
    string Trainer,
    int Batch,
    double FirstSeconds,
    double FirstProcessorSeconds,
    double TrainPerSecond,
    double EvaluatePerSecond,
    double NaivePerSecond)
{
    public double Ratio => TrainPerSecond / NaivePerSecond;
}

/// <summary>Samples a second of whole training steps.</summary>
internal static class StepBench
{
    private const int NaiveBatch = 2;

    public static StepFigure Run(ModelSpecification model, TrainerKind kind, int batch, double budget)
    {
        var samples = Samples(model, batch);
        var data = BenchModels.Noise(model, samples);
        var parameters = model.Initialise(1);
        var settings = new TrainingSettings { BatchSize = batch, LearningRate = 1e-4 };
        ITrainer? trainer = null;
        void Train() => trainer!.Train(parameters, data, settings, CancellationToken.None);
        var first = Measure.Both(() =>
        {
            trainer = Trainers.Create(model, kind);
            Train();
        });
        return new StepFigure(
            model.Name,
            model.Layout.ParameterCount,
            TrainerRule.MultiplyAdds(model),
            kind.ToString().ToLowerInvariant(),
            batch,
            first.Clock,
            first.Processor,
            samples / Measure.Best(Train, budget),
            samples / Measure.Best(() => trainer!.Evaluate(parameters, data), budget),
            NaiveBatch / Measure.Best(NaiveStep.Of(model, NaiveBatch), budget));
    }

    /// <summary>
    /// A thousand of a small model; fewer of a large one, at least two batches, so that a figure takes seconds.
    /// </summary>
    internal static int Samples(ModelSpecification model, int batch) =>
        (int)Math.Clamp(4_000_000_000 / TrainerRule.MultiplyAdds(model), Math.Min(1_000, 2 * batch), 1_000);
}

/// <param name="Model">Name of the model.</param>
/// <param name="Layer">Index and type.</param>
/// <param name="Forward">Microseconds of processor time a sample.</param>
/// <param name="Backward">Microseconds of processor time a sample; the first layer's has no input gradient.</param>
internal sealed record LayerFigure(string Model, string Layer, double Forward, double Backward);

/// <summary>Where the managed trainer's time goes.</summary>
internal static class LayerBench
{
    public static IEnumerable<LayerFigure> Run(ModelSpecification model, int batch, double budget)
    {
        for (var i = 0; i < model.Layers.Count; i++)
        {
            var layer = LayerFactory.Create(model.Layers[i], model.Shapes[i]);
            var random = new SplitMix64((ulong)i);
            var parameters = Uniform(layer.ParameterCount, ref random);
            var input = Uniform(batch * layer.InputLength, ref random);
            var gradient = Uniform(batch * layer.OutputLength, ref random);
            var output = new float[batch * layer.OutputLength];
            var inputGradient = i == 0 ? [] : new float[batch * layer.InputLength];
            var sums = new float[layer.ParameterCount];
            var forward = Measure.Best(() => layer.Forward(parameters, input, output, batch, training: true), budget);
            var backward = Measure.Best(
                () => layer.Backward(parameters, input, output, gradient, inputGradient, sums, batch), budget);
            yield return new LayerFigure(
                model.Name, $"{i} {model.Layers[i].Type}", 1e6 * forward / batch, 1e6 * backward / batch);
        }
    }

    private static float[] Uniform(int count, ref SplitMix64 random)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
            values[i] = (float)(2 * random.NextDouble() - 1);
        return values;
    }
}

/// <param name="Kind">plain: A B; left: A^T B; right: A B^T.</param>
/// <param name="M">Rows of the product.</param>
/// <param name="N">Columns of the product.</param>
/// <param name="K">Inner dimension.</param>
/// <param name="Gflops">10^9 operations a second of processor time; a multiplication and an addition are two.</param>
/// <param name="NaiveGflops">The same by a triple loop, in the same run.</param>
internal sealed record ProductFigure(string Kind, int M, int N, int K, double Gflops, double NaiveGflops)
{
    public double Ratio => Gflops / NaiveGflops;
}

/// <summary>The matrix products at the sizes of small convolutions and dense layers.</summary>
internal static class ProductBench
{
    private static readonly (string Kind, int M, int N, int K)[] Sizes =
    [
        ("plain", 16, 64, 126), ("right", 16, 126, 64),
        ("plain", 16, 576, 36), ("right", 16, 36, 576),
        ("plain", 32, 144, 144), ("left", 144, 144, 32), ("right", 32, 144, 144),
        ("plain", 32, 100, 144), ("left", 144, 100, 32), ("right", 32, 144, 100),
        ("right", 32, 64, 1_152), ("left", 64, 1_152, 32), ("plain", 32, 1_152, 64),
    ];

    public static IEnumerable<ProductFigure> Run(double budget)
    {
        foreach (var (kind, m, n, k) in Sizes)
        {
            var (a, b, c) = (new float[m * k], new float[n * k], new float[m * n]);
            Action ours = kind switch
            {
                "plain" => () => MatrixProduct.Add(a, b, c, m, n, k),
                "left" => () => MatrixProduct.AddTransposedLeft(a, b, c, m, n, k),
                _ => () => MatrixProduct.AddTransposedRight(a, b, c, m, n, k),
            };
            Action naive = kind switch
            {
                "plain" => () => NaiveProduct.Add(a, k, 1, b, n, 1, c, m, n, k),
                "left" => () => NaiveProduct.Add(a, 1, m, b, n, 1, c, m, n, k),
                _ => () => NaiveProduct.Add(a, k, 1, b, 1, k, c, m, n, k),
            };
            var operations = 2e-9 * m * n * k;
            yield return new ProductFigure(
                kind, m, n, k, operations / Measure.Best(ours, budget), operations / Measure.Best(naive, budget));
        }
    }
}

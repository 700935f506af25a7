using System.CommandLine;
using Fed.Training;

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

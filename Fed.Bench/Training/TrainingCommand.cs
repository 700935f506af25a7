using System.CommandLine;
using System.Text.Json;
using Fed.Training;

namespace Fed.Bench.Training;

/// <summary><c>fed bench training</c>: the trainers of this build against triple loops, on one core.</summary>
internal static class TrainingCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create()
    {
        var json = new Option<FileInfo>("--json") { Description = "write the figures to this file, too", HelpName = "FILE" };
        var batch = new Option<int>("--batch")
        {
            Description = "examples a step, 1 to 4096",
            DefaultValueFactory = _ => 16,
        };
        batch.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[0].Value, out var value) && value is < 1 or > 4096)
                result.AddError($"--batch is {value}; it must be 1 to 4096");
        });
        var trainer = new Option<string>("--trainer")
        {
            Description = "managed or torchsharp; the cold start is measured for the first one only",
            DefaultValueFactory = _ => Trainers.Kind,
        };
        trainer.AcceptOnlyFromAmong([.. Known().Keys]);
        var seconds = new Option<double>("--seconds")
        {
            Description = "seconds spent on each figure",
            DefaultValueFactory = _ => 0.5,
        };
        var command = new Command("training", "GFLOP/s of the matrix products and samples/s of training steps")
        {
            json, batch, trainer, seconds,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(trainer)!, parsed.GetValue(batch), parsed.GetValue(seconds), parsed.GetValue(json)));
        return command;
    }

    /// <summary>The trainers in this build, by name.</summary>
    private static SortedDictionary<string, Func<ModelSpecification, ITrainer>> Known()
    {
        var known = new SortedDictionary<string, Func<ModelSpecification, ITrainer>> { ["managed"] = Trainers.Managed };
        known[Trainers.Kind] = Trainers.Create;
        return known;
    }

    private static void Run(string trainer, int batch, double seconds, FileInfo? json)
    {
        var create = Known()[trainer];
        var steps = new List<StepFigure>();
        Console.WriteLine(
            $"{"model",-14}{"trainer",-12}{"batch",6}{"first 1000, s",15}{"of CPU",8}{"train/s",12}{"evaluate/s",12}{"naive/s",12}"
            + $"{"ratio",8}");
        foreach (var model in BenchModels.All)
        {
            var figure = StepBench.Run(model, trainer, create, batch, seconds);
            steps.Add(figure);
            Console.WriteLine(
                $"{figure.Model,-14}{figure.Trainer,-12}{figure.Batch,6}{figure.FirstSeconds,15:0.000}{figure.FirstProcessorSeconds,8:0.000}"
                + $"{figure.TrainPerSecond,12:0}{figure.EvaluatePerSecond,12:0}{figure.NaivePerSecond,12:0}"
                + $"{figure.Ratio,8:0.0}");
        }

        var products = new List<ProductFigure>();
        Console.WriteLine();
        Console.WriteLine($"{"product",-10}{"m",6}{"n",6}{"k",6}{"GFLOP/s",10}{"naive",8}{"ratio",8}");
        foreach (var figure in ProductBench.Run(seconds))
        {
            products.Add(figure);
            Console.WriteLine(
                $"{figure.Kind,-10}{figure.M,6}{figure.N,6}{figure.K,6}{figure.Gflops,10:0.0}{figure.NaiveGflops,8:0.0}"
                + $"{figure.Ratio,8:0.0}");
        }

        if (json is not null)
            File.WriteAllText(json.FullName, JsonSerializer.Serialize(new { steps, products }, Json));
    }
}

using System.CommandLine;

namespace Fed.Bench.Fold;

/// <summary><c>fed bench fold</c>: the speed of folding, codec by codec, against this machine's memory.</summary>
internal static class FoldCommand
{
    public static Command Create()
    {
        var json = JsonFile.Option();
        var dim = new Option<int>("--dim")
        {
            Description = "D, parameters of the model, 1 to 500000000",
            DefaultValueFactory = _ => 25_000_000,
        };
        Bounded(dim, 500_000_000);
        var updates = new Option<int>("--updates")
        {
            Description = "K, updates that are folded together, 1 to 10000",
            DefaultValueFactory = _ => 20,
        };
        Bounded(updates, 10_000);
        var codec = new Option<string[]>("--codec")
        {
            Description = $"measure these only; default: {string.Join(", ", FoldBench.Codecs)}",
            DefaultValueFactory = _ => FoldBench.Codecs,
            AllowMultipleArgumentsPerToken = true,
        };
        var seconds = new Option<double>("--seconds")
        {
            Description = "seconds spent on each codec and number of threads",
            DefaultValueFactory = _ => 1,
        };
        var command = new Command("fold", "GB/s of update bytes folded, beside a streaming read and y += a x")
        {
            json, dim, updates, codec, seconds,
        };
        command.SetAction(parsed => Run(
            new FoldBench(parsed.GetValue(dim),
                parsed.GetValue(updates),
                parsed.GetValue(codec)!,
                parsed.GetValue(seconds)),
            parsed.GetValue(json)));
        return command;
    }

    private static void Bounded(Option<int> option, int most) => option.Validators.Add(result =>
    {
        if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[0].Value, out var value)
            && (value < 1 || value > most))
            result.AddError($"{option.Name} is {value}; it must be 1 to {most}");
    });

    private static void Run(FoldBench bench, FileInfo? json)
    {
        Console.WriteLine(
            $"{"codec",-16}{"threads",8}{"seconds",10}{"MB",9}{"GB/s",8}{"read",8}{"axpy",8}"
            + $"{"ratio",8}{"Gparam/s",10}");
        var rows = new List<FoldFigure>();
        foreach (var row in bench.Run())
        {
            rows.Add(row);
            Console.WriteLine(
                $"{row.Codec,-16}{row.Threads,8}{row.Seconds,10:0.0000}"
                + $"{row.UpdateBytes * 1e-6,9:0.0}{row.GbPerSecond,8:0.00}"
                + $"{row.ReadGbPerSecond,8:0.00}{row.AxpyGbPerSecond,8:0.00}{row.RatioToAxpy,8:0.00}"
                + $"{row.GigaParametersPerSecond,10:0.00}");
        }

        JsonFile.Write(json, new { rows });
    }
}

using System.CommandLine;

namespace Fed.Bench.Exact;

/// <summary><c>fed bench exact</c>: one model, bit for bit, from every order, tree and number of threads.</summary>
internal static class ExactCommand
{
    public static Command Create()
    {
        var json = JsonFile.Option();
        var full = new Option<bool>("--full") { Description = "10,000 shuffles; else 1,000" };
        var command = new Command("exact", "shuffles x trees x threads: SHA-256 of the models, and the cost") { json, full };
        command.SetAction(parsed =>
        {
            var figure = ExactBench.Run(parsed.GetValue(full) ? 10_000 : 1_000);
            Console.WriteLine($"orders                       {figure.Orders}");
            Console.WriteLine($"folds                        {figure.Folds}");
            Console.WriteLine($"distinct SHA-256             {figure.DistinctHashes}");
            Console.WriteLine($"  of plain float32 sums      {figure.PlainDistinctHashes}");
            Console.WriteLine($"cost / plain float32 sum     {figure.CostRatio:0.00}");
            JsonFile.Write(parsed.GetValue(json), figure);
            return figure.DistinctHashes == 1 ? 0 : 1;
        });
        return command;
    }
}

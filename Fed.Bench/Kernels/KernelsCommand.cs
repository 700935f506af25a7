using System.CommandLine;

namespace Fed.Bench.Kernels;

/// <summary><c>fed bench kernels</c>: each kernel beside the plain code that it stands for, by
/// BenchmarkDotNet.</summary>
internal static class KernelsCommand
{
    public static Command Create()
    {
        var json = JsonFile.Option();
        var full = new Option<bool>("--full")
        {
            Description = "BenchmarkDotNet's default job, a quarter of an hour; else a short one, a minute",
        };
        var filter = new Option<string>("--filter")
        {
            Description = "measure only kernels with such names, and their baselines; * is any text, ? any letter",
            DefaultValueFactory = _ => "*",
            HelpName = "GLOB",
        };
        var command = new Command("kernels", "time and allocations of each kernel for one block, beside a baseline")
        {
            json, filter, full,
        };
        command.SetAction(parsed =>
            Run(parsed.GetValue(full), parsed.GetValue(filter)!, parsed.GetValue(json)));
        return command;
    }

    private static void Run(bool full, string filter, FileInfo? json)
    {
        var folder = Directory.CreateTempSubdirectory("fed-bench-");
        try
        {
            var bench = new KernelsBench(full ? KernelsBench.Full : KernelsBench.Short, folder.FullName);
            Console.WriteLine($"{"kernel",-48}{"ns a block",12}{"ratio",8}{"bytes",7}  {"baseline"}");
            var rows = new List<KernelFigure>();
            foreach (var row in bench.Run(filter, KernelGroup.Suite))
            {
                rows.Add(row);
                Console.WriteLine(
                    $"{row.Kernel,-48}{row.Nanoseconds,12:0.0}{row.Ratio,8:0.000}{row.AllocatedBytes,7}  "
                    + row.Baseline);
            }

            JsonFile.Write(json, new { rows });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

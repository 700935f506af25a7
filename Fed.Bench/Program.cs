using System.CommandLine;
using System.CommandLine.Help;
using Fed.Bench.Exact;
using Fed.Bench.Fold;
using Fed.Bench.Memory;
using Fed.Bench.PeerKernels;
using Fed.Bench.Report;
using Fed.Bench.Training;

var bench = new Command("bench", "Benchmarks of FedHier: every figure is measured in the run that prints it.")
{
    TrainingCommand.Create(),
    FoldCommand.Create(),
    ExactCommand.Create(),
    MemoryCommand.Create(),
    MemoryCommand.CreateChild(),
    PeersCommand.Create(),
    ReportCommand.Create(),
};
var fed = new Command("fed") { new HelpOption(), bench };
try
{
    var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false };
    return fed.Parse([bench.Name, .. args]).Invoke(configuration);
}
catch (Exception error) when (error is IOException or InvalidOperationException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"fed bench: {error.Message}");
    return 1;
}

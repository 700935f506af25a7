using System.CommandLine;
using System.CommandLine.Help;
using Fed.Bench.Communication;
using Fed.Bench.Exact;
using Fed.Bench.Fold;
using Fed.Bench.Ingest;
using Fed.Bench.Kernels;
using Fed.Bench.Memory;
using Fed.Bench.PeerKernels;
using Fed.Bench.Report;
using Fed.Bench.Robustness;
using Fed.Bench.Rollback;
using Fed.Bench.Training;
using Fed.MediaQc.Files;

var bench = new Command("bench", "Benchmarks of FedHier: every figure is measured in the run that prints it.")
{
    TrainingCommand.Create(),
    FoldCommand.Create(),
    ExactCommand.Create(),
    MemoryCommand.Create(),
    MemoryCommand.CreateChild(),
    KernelsCommand.Create(),
    PeersCommand.Create(),
    RobustnessCommand.Create(),
    CommunicationCommand.Create(),
    IngestCommand.Create(),
    RollbackCommand.Create(),
    ReportCommand.Create(),
};
var fed = new Command("fed") { new HelpOption(), bench };
try
{
    var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false };
    return fed.Parse([bench.Name, .. args]).Invoke(configuration);
}
catch (Exception error) when (error is IOException or InvalidOperationException or UnauthorizedAccessException
    or DataFileException)
{
    Console.Error.WriteLine($"fed bench: {error.Message}");
    return 1;
}

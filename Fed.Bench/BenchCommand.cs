using System.CommandLine;
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

namespace Fed.Bench;

/// <summary><c>fed bench</c>: all benchmarks.</summary>
internal static class BenchCommand
{
    public static Command Create() =>
        new("bench", "Benchmarks of FedHier: every figure is measured in the run that prints it.")
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
}

using System.CommandLine;
using System.CommandLine.Help;
using Fed.Bench.Exact;
using Fed.Bench.Fold;
using Fed.Bench.Memory;
using Fed.Bench.Training;

var bench = new Command("bench", "Benchmarks of FedHier: every figure is measured in the run that prints it.")
{
    TrainingCommand.Create(),
    FoldCommand.Create(),
    ExactCommand.Create(),
    MemoryCommand.Create(),
    MemoryCommand.CreateChild(),
};
return new Command("fed") { new HelpOption(), bench }.Parse([bench.Name, .. args]).Invoke();

using System.CommandLine;
using System.CommandLine.Help;
using Fed.Bench.Fold;
using Fed.Bench.Training;

var bench = new Command("bench", "Benchmarks of FedHier: every figure is measured in the run that prints it.")
{
    TrainingCommand.Create(),
    FoldCommand.Create(),
};
return new Command("fed") { new HelpOption(), bench }.Parse([bench.Name, .. args]).Invoke();

using System.CommandLine;
using Fed.Bench.Fold;
using Fed.Bench.Training;

var root = new RootCommand("Benchmarks of FedHier: every figure is measured in the run that prints it.")
{
    TrainingCommand.Create(),
    FoldCommand.Create(),
};
return root.Parse(args).Invoke();

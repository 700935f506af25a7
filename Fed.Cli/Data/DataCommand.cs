using System.CommandLine;

namespace Fed.Cli.Data;

/// <summary><c>fed data</c>: makes and shows data folders.</summary>
public static class DataCommand
{
    public static Command Create() =>
        new("data", "Make and show the data sets that federations train on")
        {
            BuildCommand.Create(),
            FashionCommand.Create(),
            ShowCommand.Create(),
        };
}

using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Fed.Cli;

/// <summary>
/// Help that ends with the variables that the command reads. Not in its description: that one stands in the list of all
/// commands, too.
/// </summary>
internal sealed class HelpWithEnvironment : SynchronousCommandLineAction
{
    private readonly HelpAction _help = new();

    public override int Invoke(ParseResult parseResult)
    {
        var code = _help.Invoke(parseResult);
        if (parseResult.CommandResult.Command.Name == SiloCommand.Name)
            parseResult.InvocationConfiguration.Output.WriteLine(SiloCommand.Variables);
        return code;
    }
}

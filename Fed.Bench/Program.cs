using System.CommandLine;
using System.CommandLine.Help;
using Fed.Bench;
using Fed.MediaQc.Files;

var bench = BenchCommand.Create();
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

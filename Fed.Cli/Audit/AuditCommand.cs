using System.CommandLine;

namespace Fed.Cli.Audit;

/// <summary><c>fed audit</c>: what auditors do.</summary>
internal static class AuditCommand
{
    public static Command Create() => new("audit", "Compute versions again from their contributions (auditors)")
    {
        VerifyCommand.Create(),
        ExportCommand.Create(),
    };
}

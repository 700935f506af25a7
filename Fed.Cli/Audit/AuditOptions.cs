using System.CommandLine;
using Fed.Cli.Admin;
using Fed.Client.Protocol;

namespace Fed.Cli.Audit;

/// <summary>Where an audit reads: options that its commands share.</summary>
internal static class AuditOptions
{
    public static Option<string?> Federation { get; } = new("--federation")
    {
        Description = "Name of the federation on the server",
    };

    public static Option<FileInfo?> Bundle { get; } = new("--bundle")
    {
        Description = "File of 'fed audit export' to read, in place of the server",
    };

    public static IAuditSource Open(ParseResult parsed)
    {
        if (parsed.GetValue(Bundle) is { } bundle)
            return new Bundle(bundle.FullName);
        return new ServerSource(
            new FederationClient(parsed.GetValue(AdminOptions.Server)!), parsed.GetValue(Federation)!);
    }

    /// <summary>One of the two, not both.</summary>
    public static void RequireOne(Command command) => command.Validators.Add(result =>
    {
        if (result.GetValue(Bundle) is null == (result.GetValue(Federation) is null))
            result.AddError("give either --federation, to ask the server, or --bundle");
    });
}

using System.CommandLine;
using Fed.Contracts;

namespace Fed.Cli.Admin;

/// <summary>Options that the admin commands share.</summary>
internal static class AdminOptions
{
    public static Option<Uri> Server { get; } = new("--server")
    {
        Description = "Address of the silo; orders are taken from its own machine only",
        DefaultValueFactory = _ => new Uri("http://127.0.0.1:8080"),
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address))
                return address;
            result.AddError($"--server is '{result.Tokens[0].Value}'; give an address like http://127.0.0.1:8080");
            return null;
        },
    };

    public static Option<string> Federation { get; } = new("--federation")
    {
        Description = "Name of the federation",
        Required = true,
    };

    public static Option<string> Reason { get; } = new("--reason")
    {
        Description = "Why, in a few words; is recorded",
        Required = true,
    };

    public static Option<string> By { get; } = new("--by")
    {
        Description = "Who orders it; is recorded (default: your user name)",
        DefaultValueFactory = _ => Environment.UserName,
    };

    public static Option<string> Tier { get; } = new("--tier")
    {
        Description = "A cluster, 'global', 'stable' for the moves of that channel, or 'retention'",
        DefaultValueFactory = _ => "global",
    };

    /// <summary>Whom an order is about.</summary>
    public static Argument<string> Participant { get; } = new("PARTICIPANT")
    {
        Description = "Name of a participant, as on the roster",
    };

    /// <summary>Who orders, and why.</summary>
    public static StewardOrder OrderOf(ParseResult parsed) => new(parsed.GetValue(By)!, parsed.GetValue(Reason)!);

    /// <summary>The number of a version, from 0.</summary>
    public static Argument<long> Version(string name, string description)
    {
        var version = new Argument<long>(name) { Description = description };
        version.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long>() < 0)
                result.AddError($"{name} is negative; versions are counted from 0");
        });
        return version;
    }
}

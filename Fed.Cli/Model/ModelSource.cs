using System.CommandLine;
using System.CommandLine.Parsing;
using Fed.Cli.Admin;
using Fed.Client.Models;
using Fed.Client.Protocol;
using Fed.Contracts;
using Fed.MediaQc.Folders;

namespace Fed.Cli.Model;

/// <summary>Options that say which version a command takes: a federation's, or one that lies here.</summary>
internal static class ModelSource
{
    private static readonly Option<string?> Federation = new("--federation")
    {
        Description = "Address of a federation, such as https://fed.example/codecs: its stable version is taken",
    };

    private static readonly Option<long?> Version = new("--version")
    {
        Description = "Global version of the federation instead of the stable one",
    };

    private static readonly Option<string?> Weights = new("--weights")
    {
        Description = "A version's safetensors file instead; needs --data",
    };

    private static readonly Option<string?> Data = new("--data")
    {
        Description = "Data folder of the task whose model the weights are of (task.json, model.json)",
    };

    private static readonly Option<string?> Extractor = new("--extractor")
    {
        Description = "Safetensors file of the frozen layers, where the weights are of a federation that has them",
    };

    /// <summary>Of <see cref="Data"/>, for who trains with it.</summary>
    public static Option<string?> TaskFolder => Data;

    /// <param name="instead">An option that stands in for a version; needs --data too.</param>
    public static void AddTo(Command command, Option<string[]>? instead = null)
    {
        foreach (var option in (Option[])[Federation, Version, Weights, Data, Extractor])
            command.Options.Add(option);
        command.Validators.Add(result => Require(result, instead));
    }

    /// <exception cref="MediaQc.Files.DataFileException">The file or the folder is not what is wanted.</exception>
    public static async Task<VersionModel> ReadAsync(ParseResult parsed, CancellationToken cancel)
    {
        if (parsed.GetValue(Federation) is not { } federation)
            return VersionModel.Read(
                parsed.GetValue(Weights)!, DataFolder.Open(parsed.GetValue(Data)!), parsed.GetValue(Extractor));
        var address = FederationAddress.Parse(federation);
        using var client = new FederationClient(address.Server);
        var description = await client.DescribeAsync(address.Federation, cancel);
        var version = parsed.GetValue(Version) is { } wanted
            ? await Versions.FindAsync(client, address.Federation, TierNames.Global, wanted, cancel)
            : await StableModel.FindAsync(client, address.Federation, cancel);
        return await VersionModel.DownloadAsync(client, description, version, cancel);
    }

    private static void Require(CommandResult result, Option<string[]>? instead)
    {
        var (federation, weights) = (result.GetValue(Federation), result.GetValue(Weights));
        var other = instead is not null && result.GetValue(instead) is { Length: > 0 };
        if ((federation is null ? 0 : 1) + (weights is null ? 0 : 1) + (other ? 1 : 0) != 1)
        {
            result.AddError(
                "give --federation, or --weights with --data"
                + (instead is null ? "" : $", or {instead.Name} with --data"));
        }

        if ((weights is not null || other) && result.GetValue(Data) is null)
        {
            result.AddError(
                $"{(weights is not null ? "--weights" : instead!.Name)} needs --data: the folder whose task.json and "
                + "model.json say what they are");
        }

        if (weights is null && result.GetValue(Extractor) is not null)
            result.AddError("--extractor is of weights; a federation says its own");
        if (federation is null && result.GetValue(Version) is not null)
            result.AddError("--version is of a federation; give --federation");
    }
}

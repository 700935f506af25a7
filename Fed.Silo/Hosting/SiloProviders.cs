using Azure.Storage.Blobs;
using Fed.Silo.Storage.Redis;

namespace Fed.Silo.Hosting;

/// <summary>
/// Who keeps what the silos share, by name, from the section <c>FED_Providers</c> of the configuration: their
/// membership, the actors' state and their reminders. The defaults need nothing to be set up, and serve one silo.
/// </summary>
/// <param name="Clustering">
/// Membership: <c>localhost</c>, one silo on this machine, <c>azure</c> or <c>redis</c>.
/// </param>
/// <param name="State">
/// The actors' state: <c>sqlite</c>, one file of the data folder, <c>memory</c>, <c>azure</c> or <c>redis</c>.
/// </param>
/// <param name="Reminders"><c>memory</c>, which end with the silo, <c>azure</c> or <c>redis</c>.</param>
/// <param name="AzureConnectionString">Of the storage account; null where nothing is kept there. A secret.</param>
/// <param name="RedisConnectionString">Of the server; null where nothing is kept there. Holds a password.</param>
public sealed record SiloProviders(
    string Clustering = SiloProviders.Localhost,
    string State = SiloProviders.Sqlite,
    string Reminders = SiloProviders.Memory,
    string? AzureConnectionString = null,
    string? RedisConnectionString = null)
{
    public const string Localhost = "localhost";

    public const string Sqlite = "sqlite";

    public const string Memory = "memory";

    public const string Azure = "azure";

    public const string Redis = "redis";

    public const string AzureVariable = "FED_Providers__Azure__ConnectionString";

    public const string RedisVariable = "FED_Providers__Redis__ConnectionString";

    private const string Section = "Providers";

    private const string AzureRemedy =
        "give the connection string of the storage account, or UseDevelopmentStorage=true for Azurite";

    private const string RedisRemedy = "give, for example, localhost:6379, or host:6380,ssl=true,password=...";

    /// <summary>Several silos may be one cluster, and share what is kept.</summary>
    public bool IsShared => Clustering != Localhost;

    /// <summary>Reads the section and checks it.</summary>
    /// <exception cref="ArgumentException">A name is unknown, or a connection string is missing.</exception>
    public static SiloProviders Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var known = new[] { nameof(Clustering), nameof(State), nameof(Reminders), "Azure", "Redis" };
        foreach (var child in section.GetChildren())
        {
            if (!known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                throw Wrong(child.Key, "is no setting", $"the settings are {string.Join(", ", known)}");
        }

        var providers = new SiloProviders(
            Choose(section, nameof(Clustering), Localhost, Azure, Redis),
            Choose(section, nameof(State), Sqlite, Memory, Azure, Redis),
            Choose(section, nameof(Reminders), Memory, Azure, Redis),
            Given(section["Azure:ConnectionString"]),
            Given(section["Redis:ConnectionString"]));
        providers.Check();
        return providers;
    }

    /// <summary>Never the connection string: it holds a key.</summary>
    public override string ToString() => $"clustering {Clustering}, state {State}, reminders {Reminders}";

    /// <summary>Checks them against how else the silo is started.</summary>
    /// <exception cref="ArgumentException">Silos that are one cluster would not share something.</exception>
    public void Check(SiloOptions options)
    {
        Check();
        if (!IsShared)
            return;
        if (options.BlobConnection is null && options.BlobFolder is null)
        {
            throw Wrong(
                nameof(Clustering),
                $"is {Clustering}, but blobs are in the data folder, which silos do not share",
                "give a folder that all silos share with --blobs, or a storage account with FED_BLOBS");
        }

        if (options.KeyFolder is null)
        {
            throw Wrong(
                nameof(Clustering),
                $"is {Clustering}, but the federations' keys are in the data folder, which silos do not share",
                "give a folder that all silos share with --keys");
        }
    }

    /// <summary>Whether anything is kept by the named provider.</summary>
    internal bool Uses(string provider) => Clustering == provider || State == provider || Reminders == provider;

    private void Check()
    {
        string[] alone =
        [
            .. new[] { (nameof(State), State), (nameof(Reminders), Reminders) }
                .Where(each => IsShared && each.Item2 is not (Azure or Redis))
                .Select(each => $"{each.Item1} is {each.Item2}"),
        ];
        if (alone.Length > 0)
        {
            throw Wrong(
                nameof(Clustering),
                $"is {Clustering}, but {string.Join(" and ", alone)}, which silos do not share",
                $"set {(alone.Length == 1 ? "it" : "both")} to {Azure} or {Redis}");
        }

        CheckConnection(Azure, "Azure__ConnectionString", AzureConnectionString, IsAzure, AzureRemedy);
        CheckConnection(Redis, "Redis__ConnectionString", RedisConnectionString, IsRedis, RedisRemedy);
    }

    private void CheckConnection(
        string provider, string setting, string? text, Func<string, bool> isConnection, string remedy)
    {
        if (text is null && Uses(provider))
            throw Wrong(setting, "is empty", remedy);
        if (text is not null && !isConnection(text))
            throw Wrong(setting, "is no connection string", remedy);
    }

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static bool IsRedis(string text)
    {
        try
        {
            _ = RedisServer.Parse(text);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool IsAzure(string text)
    {
        try
        {
            _ = new BlobServiceClient(text);
            return true;
        }
        catch (Exception wrong) when (wrong is FormatException or ArgumentException or InvalidOperationException)
        {
            // What is wrong with it may quote its key.
            return false;
        }
    }

    /// <summary>The named provider; the first one when none is named.</summary>
    private static string Choose(IConfigurationSection section, string setting, params string[] names) =>
        section[setting] is not { Length: > 0 } name ? names[0]
        : names.Contains(name, StringComparer.Ordinal) ? name
        : throw Wrong(setting, $"is '{name}'", $"use {string.Join(" or ", names)}");

    private static ArgumentException Wrong(string setting, string what, string remedy) =>
        new($"FED_{Section}__{setting} {what}; {remedy}");
}

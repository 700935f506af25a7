using Azure.Storage.Blobs;

namespace Fed.Silo.Hosting;

/// <summary>
/// Who keeps what the silos share, by name, from the section <c>FED_Providers</c> of the configuration: their
/// membership, the actors' state and their reminders. The defaults need nothing to be set up, and serve one silo.
/// </summary>
/// <param name="Clustering">Membership: <c>localhost</c>, one silo on this machine, or <c>azure</c>.</param>
/// <param name="State">The actors' state: <c>sqlite</c>, one file of the data folder, <c>memory</c> or <c>azure</c>.</param>
/// <param name="Reminders"><c>memory</c>, which end with the silo, or <c>azure</c>.</param>
/// <param name="AzureConnectionString">Of the storage account; null where nothing is kept there. A secret.</param>
public sealed record SiloProviders(
    string Clustering = SiloProviders.Localhost,
    string State = SiloProviders.Sqlite,
    string Reminders = SiloProviders.Memory,
    string? AzureConnectionString = null)
{
    public const string Localhost = "localhost";

    public const string Sqlite = "sqlite";

    public const string Memory = "memory";

    public const string Azure = "azure";

    private const string Section = "Providers";

    private const string ConnectionRemedy =
        "give the connection string of the storage account, or UseDevelopmentStorage=true for Azurite";

    /// <summary>Several silos may be one cluster, and share what is kept.</summary>
    public bool IsShared => Clustering != Localhost;

    /// <summary>Reads the section and checks it.</summary>
    /// <exception cref="ArgumentException">A name is unknown, or a connection string is missing.</exception>
    public static SiloProviders Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var known = new[] { nameof(Clustering), nameof(State), nameof(Reminders), "Azure" };
        foreach (var child in section.GetChildren())
        {
            if (!known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                throw Wrong(child.Key, "is no setting", $"the settings are {string.Join(", ", known)}");
        }

        var providers = new SiloProviders(
            Choose(section, nameof(Clustering), Localhost, Azure),
            Choose(section, nameof(State), Sqlite, Memory, Azure),
            Choose(section, nameof(Reminders), Memory, Azure),
            section["Azure:ConnectionString"] is { Length: > 0 } text ? text : null);
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

    private void Check()
    {
        if (Clustering == Azure && (State != Azure || Reminders != Azure))
        {
            throw Wrong(
                nameof(Clustering),
                $"is {Azure}, but {nameof(State)} is {State} and {nameof(Reminders)} {Reminders}, which silos do not share",
                $"set all three to {Azure}");
        }

        if (new[] { Clustering, State, Reminders }.Contains(Azure) && AzureConnectionString is null)
        {
            throw Wrong(
                "Azure__ConnectionString",
                "is empty",
                ConnectionRemedy);
        }

        if (AzureConnectionString is { } text && !IsConnection(text))
            throw Wrong("Azure__ConnectionString", "is no connection string", ConnectionRemedy);
    }

    private static bool IsConnection(string text)
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

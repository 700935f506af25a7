namespace Fed.Cli.Chaos;

/// <summary>Whose processes are killed.</summary>
internal enum ChaosRole
{
    Silo,
    Client,
    Both,
}

/// <summary>Where the silo keeps its blobs.</summary>
internal enum ChaosStorage
{
    File,

    /// <summary>Where the connection string in the environment says.</summary>
    Azure,
}

/// <summary>What <c>fed chaos</c> is started with.</summary>
/// <param name="Kills">1 to <see cref="MostKills"/>.</param>
/// <param name="Seed">Of the federations, of who is killed, when and at which fail point.</param>
/// <param name="DataFolder">A task's folder.</param>
/// <param name="JsonFile">Where the figures go; null: nowhere.</param>
internal sealed record ChaosOptions(
    int Kills, int Seed, ChaosRole Role, ChaosStorage Storage, string DataFolder, string? JsonFile)
{
    public const int MostKills = 100_000;
}

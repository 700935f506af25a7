namespace Fed.Contracts.Collection;

/// <summary>A steward's order to remove blobs that nothing needs.</summary>
public sealed record CollectionRequest
{
    public const int DefaultGraceMinutes = 60;

    /// <summary>Versions of each tier that are kept, the newest, 1 to 1,000,000; null: as before.</summary>
    public int? Keep { get; init; }

    /// <summary>Whose versions <see cref="Keep"/> is about; null: of all federations.</summary>
    public string? Federation { get; init; }

    /// <summary>
    /// Younger blobs stay: somebody may be about to refer to them. 1 to 10,080; longer than the longest fold or upload.
    /// </summary>
    public int GraceMinutes { get; init; } = DefaultGraceMinutes;

    /// <summary>Only say what would be removed.</summary>
    public bool DryRun { get; init; }

    /// <summary>Who orders it; stands in the signed record when versions are given up.</summary>
    public required string By { get; init; }

    /// <summary>Why; stands there too.</summary>
    public required string Reason { get; init; }
}

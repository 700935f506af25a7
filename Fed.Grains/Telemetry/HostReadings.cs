namespace Fed.Grains.Telemetry;

/// <summary>A folder whose file system may fill.</summary>
/// <param name="Name">What it is for.</param>
public sealed record WatchedFolder(string Name, string Path);

/// <summary>A certificate that this process shows to others.</summary>
/// <param name="Name">What it is for.</param>
public sealed record WatchedCertificate(string Name, DateTimeOffset NotAfter);

/// <summary>What of this process's surroundings is watched, as they are now.</summary>
public sealed class HostReadings(IEnumerable<WatchedFolder> folders, IEnumerable<WatchedCertificate> certificates)
{
    private readonly WatchedFolder[] _folders = [.. folders];

    public IReadOnlyList<WatchedCertificate> Certificates { get; } = [.. certificates];

    /// <summary>
    /// Bytes that this process may still write, and that there are, by folder; without those that cannot be asked, such
    /// as a share that is away: its series end, which is what there is to say.
    /// </summary>
    public IEnumerable<(string Name, long Free, long Size)> Folders() => _folders
        .Select(folder => (folder.Name, Space: SpaceOf(folder.Path)))
        .Where(folder => folder.Space is not null)
        .Select(folder => (folder.Name, folder.Space!.Value.Free, folder.Space.Value.Size));

    private static (long Free, long Size)? SpaceOf(string path)
    {
        try
        {
            var drive = new DriveInfo(Path.GetFullPath(path));
            return (drive.AvailableFreeSpace, drive.TotalSize);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}

namespace Fed.Bench;

/// <summary>The copy of FedHier's repository that the benchmark was started in.</summary>
internal static class Repository
{
    /// <exception cref="IOException">This folder is in no copy of the repository.</exception>
    public static string Path(params string[] parts)
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "FedHier.sln")))
                return System.IO.Path.Combine([folder.FullName, .. parts]);
        }

        throw new IOException(
            $"{Environment.CurrentDirectory} is in no copy of FedHier's repository: start this inside of one");
    }
}

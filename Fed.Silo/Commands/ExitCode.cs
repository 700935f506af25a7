namespace Fed.Silo.Commands;

/// <summary>What the process returns; part of the command line's contract.</summary>
public static class ExitCode
{
    public const int Success = 0;

    /// <summary>A failure that nobody expected; the log has it.</summary>
    public const int Failure = 1;

    /// <summary>An option or a federation file is wrong.</summary>
    public const int Usage = 2;

    public const int PortTaken = 3;

    /// <summary>The data folder is in use, damaged or not writable; or the blobs' storage account is away.</summary>
    public const int DataFolder = 4;
}

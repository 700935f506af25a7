namespace Fed.Silo.Storage;

/// <summary>Why storage refuses, as far as an operator does something different about it.</summary>
public enum StorageFault
{
    /// <summary>A folder or file that belongs there is not; or the system did not say more.</summary>
    Away,

    /// <summary>No space left, a quota is used up, or a file may not grow.</summary>
    Full,

    /// <summary>The process may not read or write there.</summary>
    Denied,

    /// <summary>The file system or the file is read-only.</summary>
    ReadOnly,

    /// <summary>The device reports errors.</summary>
    Failing,

    /// <summary>Another process holds the state file.</summary>
    Locked,

    /// <summary>The bytes are not what was written.</summary>
    Damaged,
}

using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>A state write met another ETag than it expected: someone else wrote in between.</summary>
public class InconsistentStateException : OrleansException
{
    public InconsistentStateException()
    {
    }

    public InconsistentStateException(string message)
        : base(message)
    {
    }

    public InconsistentStateException(string message, Exception? innerException)
        : base(message, innerException!)
    {
    }

    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag)
        : this(errorMsg, storedEtag, currentEtag, null)
    {
    }

    public InconsistentStateException(
        string errorMsg, string? storedEtag, string? currentEtag, Exception? storageException)
        : base(errorMsg, storageException!)
    {
        StoredEtag = storedEtag;
        CurrentEtag = currentEtag;
    }

    /// <summary>The ETag in storage.</summary>
    public string? StoredEtag { get; }

    /// <summary>The ETag that the writer held.</summary>
    public string? CurrentEtag { get; }

    /// <summary>False once it has passed through the grain that met it; then it deactivates no other grain.</summary>
    internal bool IsSourceActivation { get; set; } = true;

    public override string ToString() =>
        $"InconsistentStateException: {Message} Expected Etag={StoredEtag} "
        + $"Received Etag={CurrentEtag} {InnerException}";
}

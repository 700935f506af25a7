using Orleans;

namespace Fed.Contracts.Refusals;

/// <summary>
/// A request that is wrong, as opposed to a server that failed: it is never worth a retry as it stands.
/// </summary>
[GenerateSerializer, Alias("fed.refused")]
public sealed class RefusedException : Exception
{
    /// <param name="code">The reason, stable across versions.</param>
    /// <param name="message">One sentence: what was wrong, with the offending value and the bound.</param>
    /// <param name="remedy">One sentence: what the caller can do about it.</param>
    public RefusedException(RefusalCode code, string message, string remedy)
        : base(message)
    {
        Code = code;
        Remedy = remedy;
    }

    [Id(0)]
    public RefusalCode Code { get; private set; }

    [Id(1)]
    public string Remedy { get; private set; }
}

using Fed.Contracts.Refusals;

namespace Fed.Silo.Gateway.Problems;

/// <summary>
/// A code and its HTTP status. What is here and what <see cref="RefusalStatus"/> has is all that an answer can say;
/// the table of docs/protocol.md lists the same.
/// </summary>
public sealed record ProblemKind(int Status, string Code)
{
    public static ProblemKind LoopbackOnly { get; } = new(StatusCodes.Status403Forbidden, "loopbackOnly");

    public static ProblemKind NotFound { get; } = new(StatusCodes.Status404NotFound, "notFound");

    public static ProblemKind MethodNotAllowed { get; } =
        new(StatusCodes.Status405MethodNotAllowed, "methodNotAllowed");

    public static ProblemKind RequestTooSlow { get; } = new(StatusCodes.Status408RequestTimeout, "requestTooSlow");

    public static ProblemKind LengthRequired { get; } = new(StatusCodes.Status411LengthRequired, "lengthRequired");

    public static ProblemKind RequestTooLarge { get; } =
        new(StatusCodes.Status413PayloadTooLarge, "requestTooLarge");

    public static ProblemKind UnsupportedMediaType { get; } =
        new(StatusCodes.Status415UnsupportedMediaType, "unsupportedMediaType");

    public static ProblemKind RangeNotSatisfiable { get; } =
        new(StatusCodes.Status416RangeNotSatisfiable, "rangeNotSatisfiable");

    public static ProblemKind InternalError { get; } =
        new(StatusCodes.Status500InternalServerError, "internalError");

    public static ProblemKind Starting { get; } = Unavailable("starting");

    public static ProblemKind Stopping { get; } = Unavailable("stopping");

    public static ProblemKind StorageUnavailable { get; } = Unavailable("storageUnavailable");

    public static ProblemKind Timeout { get; } = Unavailable("timeout");

    public static ProblemKind ActorsUnavailable { get; } = Unavailable("unavailable");

    /// <summary>Every kind there is.</summary>
    public static IReadOnlyList<ProblemKind> All { get; } =
    [
        LoopbackOnly, NotFound, MethodNotAllowed, RequestTooSlow, LengthRequired, RequestTooLarge, UnsupportedMediaType,
        RangeNotSatisfiable, InternalError, Starting, Stopping, StorageUnavailable, Timeout, ActorsUnavailable,
        .. Enum.GetValues<RefusalCode>().Select(Of),
    ];

    public static ProblemKind Of(RefusalCode code) => new(RefusalStatus.Of(code), RefusalStatus.NameOf(code));

    private static ProblemKind Unavailable(string code) => new(StatusCodes.Status503ServiceUnavailable, code);
}

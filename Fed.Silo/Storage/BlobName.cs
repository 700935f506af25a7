using System.Buffers;

namespace Fed.Silo.Storage;

/// <summary>
/// Names of blobs: 64 lower-case hex digits and nothing else, so that a name can never leave the folder.
/// </summary>
public static class BlobName
{
    public const int Length = 64;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    public static bool IsValid(string? name) =>
        name is { Length: Length } && !name.AsSpan().ContainsAnyExcept(Digits);
}

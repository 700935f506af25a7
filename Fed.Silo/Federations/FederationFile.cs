using Fed.Contracts.Federations;
using Fed.Contracts.Refusals;

namespace Fed.Silo.Federations;

/// <summary>A federation described in a file, as <c>--federation</c> names it.</summary>
public static class FederationFile
{
    private const int MaxBytes = 64 << 20;

    /// <exception cref="ArgumentException">Unreadable or wrong; the message names file and property.</exception>
    public static FederationSettings Read(string path)
    {
        try
        {
            var length = new FileInfo(path).Length;
            return length <= MaxBytes
                ? SettingsDocument.Parse(File.ReadAllBytes(path))
                : throw new ArgumentException(
                    $"federation file {path} has {length} bytes; at most {MaxBytes} are read");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"federation file {path} cannot be read: {error.Message}", error);
        }
        catch (RefusedException wrong)
        {
            throw Wrong(path, wrong);
        }
    }

    /// <summary>The same for a refusal that came later, from the federation itself.</summary>
    public static ArgumentException Wrong(string path, RefusedException wrong) =>
        new($"federation file {path}: {wrong.Message}; {wrong.Remedy}", wrong);
}

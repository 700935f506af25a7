using Fed.Contracts.Federations;
using Fed.Contracts.Keys;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;

namespace Fed.Grains.Participants;

/// <summary>
/// Do a participant's data mean what the federation's model means? A label is an index: the same classes in another
/// order would train the model to take one fault for another, and no shape would tell.
/// </summary>
internal static class DataAgreement
{
    private const string Remedy = "give the agent data of the federation's task";

    /// <exception cref="RefusedException">Task, features or classes differ, or are not stated though the federation
    /// states them.</exception>
    public static void Require(FederationSettings settings, EnrolmentRequest request)
    {
        if (request.Task != settings.Task)
        {
            throw Refused(
                $"the data are of task '{request.Task}', the federation's task is '{settings.Task}'", Remedy);
        }

        if (settings.Features is { } features && request.Features != features)
        {
            throw Refused(
                request.Features is null
                    ? $"the enrolment states no features, the federation's are '{features}'"
                    : $"the data have features '{request.Features}', the federation's are '{features}'",
                "make the data again with the federation's features, or update the agent if it states none");
        }

        if (settings.Classes is not { } classes)
            return;
        if (request.Classes is not { } own)
        {
            throw Refused(
                $"the enrolment states no classes, the federation's are {List(classes)}",
                "state the classes of the data, in the order of their labels; an agent of this version does");
        }

        if (!own.SequenceEqual(classes, StringComparer.Ordinal))
        {
            throw Refused(
                $"the data's classes are {List(own)}, the federation's are {List(classes)}; names and order must agree",
                "make the data again with the federation's classes in its order");
        }
    }

    private static string List(IReadOnlyList<string> classes) => $"[{string.Join(", ", classes)}]";

    private static RefusedException Refused(string message, string remedy) =>
        new(RefusalCode.InvalidRequest, message, remedy);
}

/// <summary>Checks public keys before they are kept.</summary>
internal static class PublicKeys
{
    private const int MaxLength = 512;

    /// <exception cref="RefusedException">Not base64 of an ECDSA P-256 SubjectPublicKeyInfo.</exception>
    public static string Require(string publicKey)
    {
        try
        {
            if (publicKey.Length > MaxLength)
                throw new FormatException($"{publicKey.Length} characters are too long for a key");
            Signatures.ImportPublicKey(publicKey).Dispose();
            return publicKey;
        }
        catch (FormatException error)
        {
            throw new RefusedException(
                RefusalCode.InvalidRequest,
                $"publicKey is not usable: {error.Message}",
                "send an ECDSA P-256 SubjectPublicKeyInfo in base64");
        }
    }

    /// <summary>Base64 has several spellings of one key.</summary>
    public static string Canonical(string publicKey)
    {
        using var key = Signatures.ImportPublicKey(publicKey);
        return Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
    }
}

using System.Text.Json;
using Fed.Contracts.Refusals;

namespace Fed.Silo.Gateway.Problems;

/// <summary>The table of docs/protocol.md: which HTTP status a refusal has.</summary>
public static class RefusalStatus
{
    public static int Of(RefusalCode code) => code switch
    {
        RefusalCode.SignatureInvalid or RefusalCode.NotEnrolled => StatusCodes.Status401Unauthorized,

        RefusalCode.UnknownFederation or RefusalCode.UnknownParticipant or RefusalCode.UnknownCluster
            or RefusalCode.UnknownModel or RefusalCode.UnknownVersion => StatusCodes.Status404NotFound,

        RefusalCode.FederationExists or RefusalCode.FederationFinished or RefusalCode.SequenceConflict
            or RefusalCode.SequenceGap or RefusalCode.UnknownBaseVersion or RefusalCode.TooStale
            or RefusalCode.AlreadyContributed or RefusalCode.VersionWithdrawn
            or RefusalCode.VersionCollected or RefusalCode.StorageDamaged => StatusCodes.Status409Conflict,

        RefusalCode.UpdateTooLarge => StatusCodes.Status413PayloadTooLarge,

        _ => StatusCodes.Status400BadRequest,
    };

    /// <summary>The code on the wire: the enum's name in camelCase.</summary>
    public static string NameOf(RefusalCode code) => JsonNamingPolicy.CamelCase.ConvertName(code.ToString());
}

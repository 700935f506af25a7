using System.Security.Cryptography;
using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;
using Fed.Contracts.Refusals;
using Fed.Contracts.Storage;
using Fed.Contracts.Wire;
using Fed.Core.Models;
using Fed.Silo.Federations;
using Fed.Silo.Gateway.Status;
using Fed.Silo.Gateway.Updates;
using Fed.Silo.Storage;
using Orleans;

namespace Fed.Silo.Gateway;

/// <summary>
/// What participants ask, whether over HTTP or as Orleans clients, and every check of it. Updates have a way of their
/// own, <see cref="ContributionIntake"/>.
/// </summary>
internal sealed class ParticipantDesk(
    FederationDirectory federations,
    IGrainFactory grains,
    IBlobStore blobs,
    PublishedManifests manifests,
    KeyCache keys,
    StatusFeeds feeds)
{
    /// <summary>Sums over the largest roster stay far below what 64 bits hold.</summary>
    public const long MaxExamples = 1_000_000_000;

    /// <summary>
    /// Manifests that one request may have read: whoever asks about older contributions follows the chain from a
    /// version's own manifest.
    /// </summary>
    public const int MostManifests = 256;

    public Task<FederationDescription> DescribeAsync(string federation) =>
        grains.GetGrain<IFederationGrain>(RouteNames.Require(federation, "federation")).Describe();

    public async Task<Enrolment> EnrolAsync(string federation, string participant, EnrolmentRequest request)
    {
        var grain = grains.GetGrain<IParticipantGrain>(RouteNames.ParticipantKey(federation, participant));
        using (UpdateSignature.ImportKey(request.PublicKey))
        {
            // Only imported to be sure that it is a P-256 key before it is kept.
        }

        var result = await grain.Enrol(request);
        feeds.Nudge(federation);
        return result;
    }

    /// <param name="json">The report, as it was signed.</param>
    /// <param name="signature">Base64.</param>
    public async Task ReportAsync(
        string federation, string participant, ReadOnlyMemory<byte> json, string? signature)
    {
        var grain = grains.GetGrain<IParticipantGrain>(RouteNames.ParticipantKey(federation, participant));
        var report = JsonBody.Parse<EvaluationReport>(json.Span);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(json.Span));
        var text = WireFormat.EvaluationText(federation, participant, sha256);
        UpdateSignature.Require(signature, await grain.GetPublicKey(), text, keys);
        Check(report, await federations.GetAsync(federation));
        await grain.Report(report);
        feeds.Nudge(federation);
    }

    public async Task<ReceiptStanding> FindReceiptAsync(string federation, string participant, long sequence)
    {
        var profile = await federations.GetAsync(RouteNames.Require(federation, "federation"));
        var cluster = profile.ClusterOf(RouteNames.Require(participant, "participant")) ?? throw new RefusedException(
            RefusalCode.UnknownParticipant,
            $"federation '{federation}' does not know participant '{participant}'",
            "use a name of the roster");
        var ledger = await grains.GetGrain<IClusterAggregatorGrain>(GrainKeys.Within(federation, cluster)).GetLedger();
        var waiting = ledger.Pending.FirstOrDefault(
            receipt => receipt.Participant == participant && receipt.Sequence == sequence);
        if (waiting is not null)
            return new ReceiptStanding(waiting, ledger.Finished ? ReceiptState.Unused : ReceiptState.Pending, null);
        var (receipt, quarantined, sha256, manifest) =
            await manifests.FindAsync(participant, sequence, ledger.ManifestSha256, MostManifests)
            ?? throw new RefusedException(
                RefusalCode.UnknownReceipt,
                $"neither the ledger nor the newest {MostManifests} manifests of cluster '{cluster}' have sequence "
                + $"{sequence} of '{participant}': it was refused, never came, or is older",
                "look for older ones in the manifests of older versions; what was refused leaves no receipt");
        return new ReceiptStanding(
            receipt,
            quarantined ? ReceiptState.Quarantined : ReceiptState.Consumed,
            new ConsumingVersion(manifest.Tier, manifest.Number, manifest.Kind, sha256));
    }

    /// <summary>
    /// Only its extractor and models of its layout are served: updates and sums live in the same store under equally public
    /// hashes, and are nobody's business.
    /// </summary>
    public async Task<IBlobReader> OpenModelAsync(string federation, string sha256, CancellationToken cancellationToken)
    {
        var profile = await federations.GetAsync(RouteNames.Require(federation, "federation"));
        var reader = BlobName.IsValid(sha256) ? await blobs.OpenAsync(sha256, cancellationToken) : null;
        return reader is not null && (sha256 == profile.Extractor || IsModel(reader, profile))
            ? reader
            : throw new RefusedException(
                RefusalCode.UnknownModel,
                $"the federation '{federation}' has no model '{(sha256.Length > 64 ? sha256[..64] : sha256)}'",
                "use the modelSha256 of a task or of a version, or the extractor of the enrolment");
    }

    /// <summary>Closes what is none, and what cannot be read.</summary>
    private static bool IsModel(IBlobReader reader, FederationProfile profile)
    {
        var isModel = false;
        try
        {
            return isModel = SafetensorsHeader.Read(reader).Layout.Hash == profile.LayoutHash;
        }
        catch (InvalidDataException)
        {
            return false;
        }
        finally
        {
            if (!isModel)
                reader.Dispose();
        }
    }

    private static void Check(EvaluationReport report, FederationProfile federation)
    {
        if (report.Version < 0)
            throw Invalid($"version is {report.Version}; it must be at least 0", "send the one that the task named");
        if (!BlobName.IsValid(report.ModelSha256))
            throw Invalid("modelSha256 is not 64 lower-case hex digits", "send the hash that the task named");
        if (report.Examples is < 1 or > MaxExamples)
        {
            throw Invalid(
                $"examples is {report.Examples}; it must be 1 to {MaxExamples}",
                "report only when there was at least one example");
        }

        if (report.Correct < 0 || report.Correct > report.Examples)
        {
            throw Invalid(
                $"correct is {report.Correct}; it must be 0 to examples, {report.Examples}",
                "count the examples that were told right");
        }

        if (!double.IsFinite(report.Loss) || report.Loss < 0)
        {
            throw Invalid(
                $"loss is {report.Loss}; it must be finite and at least 0",
                "do not report a model whose loss is neither");
        }

        if (report.LabelCounts is { } labels)
            Check(labels, federation.Classes);
        if (report.Features is { } features)
            Check(features, federation.Features);
        if (report.ClippedShare is { } share && share is not (>= 0 and <= 1))
            throw Invalid($"clippedShare is {share}; it must be 0 to 1", "leave it out where it is not known");
    }

    /// <param name="classes">0: the federation does not say.</param>
    private static void Check(IReadOnlyList<long> labels, int classes)
    {
        if (labels.Count is 0 or > EvaluationReport.MostClasses || (classes > 0 && labels.Count != classes))
        {
            throw Invalid(
                $"labelCounts has {labels.Count} counts; it must have "
                + (classes > 0 ? $"{classes}" : $"1 to {EvaluationReport.MostClasses}") + ", one for each class",
                "count the training examples of every class, in the federation's order, or leave it out");
        }

        if (labels.FirstOrDefault(count => count is < 0 or > MaxExamples) is var wrong && wrong != 0)
            throw Invalid($"labelCounts has {wrong}; a count must be 0 to {MaxExamples}", "count training examples");
        if (labels.Sum() == 0)
            throw Invalid("labelCounts counts no example", "leave it out where there is nothing to count");
    }

    private static void Check(FeatureSummary summary, int features)
    {
        if (features > FeatureSummary.MostFeatures)
        {
            throw Invalid(
                $"features are shared of models that take in at most {FeatureSummary.MostFeatures}, this one takes in "
                + $"{features}",
                "leave them out");
        }

        if (summary.Examples is < 1 or > MaxExamples)
            throw Invalid($"features.examples is {summary.Examples}; it must be 1 to {MaxExamples}", "count them");
        Check("means", summary.Means, features, -FeatureSummary.Largest, FeatureSummary.Largest);
        Check("variances", summary.Variances, features, 0, FeatureSummary.Largest * FeatureSummary.Largest);
    }

    private static void Check(string name, IReadOnlyList<double>? values, int features, double least, double most)
    {
        if (values?.Count != features)
        {
            throw Invalid(
                $"features.{name} has {values?.Count ?? 0} values; it must have {features}",
                "give one for each place along the first side of the model's input");
        }

        foreach (var value in values)
        {
            // Not a number is neither below nor above.
            if (!(value >= least && value <= most))
                throw Invalid($"features.{name} has {value}; it must be {least} to {most}", "leave features out");
        }
    }

    private static RefusedException Invalid(string message, string remedy) =>
        new(RefusalCode.InvalidRequest, message, remedy);
}

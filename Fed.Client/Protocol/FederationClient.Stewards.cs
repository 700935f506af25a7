using System.Net.Http.Json;
using Fed.Contracts;
using Fed.Contracts.Aggregation;
using Fed.Contracts.Federations;
using Fed.Contracts.Participants;

namespace Fed.Client.Protocol;

/// <summary>What stewards order of participants and tiers. From the server's own machine only.</summary>
public sealed partial class FederationClient
{
    /// <summary>A participant's key, and which ones were reset.</summary>
    public async Task<ParticipantKey> KeyAsync(
        string federation, string participant, CancellationToken cancellationToken) =>
        await SendAsync<ParticipantKey>(
            HttpMethod.Get, $"{Path(federation, participant)}/key", null, TimeSpan.Zero, cancellationToken)
        ?? throw Empty();

    /// <summary>The next enrolment with another key keeps that.</summary>
    public Task<ParticipantKey> ResetKeyAsync(
        string federation, string participant, StewardOrder order, CancellationToken cancellationToken) =>
        OrderAsync<ParticipantKey>($"{Path(federation, participant)}/key/reset", order, cancellationToken);

    /// <summary>Nothing is asked of the participant and nothing taken from it until it is resumed.</summary>
    public Task<Suspensions> SuspendAsync(
        string federation, string participant, StewardOrder order, CancellationToken cancellationToken) =>
        OrderAsync<Suspensions>($"{Path(federation, participant)}/suspend", order, cancellationToken);

    public Task<Suspensions> ResumeAsync(
        string federation, string participant, StewardOrder order, CancellationToken cancellationToken) =>
        OrderAsync<Suspensions>($"{Path(federation, participant)}/resume", order, cancellationToken);

    /// <summary>Who of a cluster is suspended, and was.</summary>
    public async Task<Suspensions> SuspensionsAsync(
        string federation, string cluster, CancellationToken cancellationToken) =>
        await SendAsync<Suspensions>(
            HttpMethod.Get,
            $"{Path(federation)}/clusters/{Uri.EscapeDataString(cluster)}/suspensions",
            null,
            TimeSpan.Zero,
            cancellationToken)
        ?? throw Empty();

    /// <summary>The tiers' deadlines, and who has changed them.</summary>
    public async Task<TierDeadlines> DeadlinesAsync(string federation, CancellationToken cancellationToken) =>
        await SendAsync<TierDeadlines>(
            HttpMethod.Get, $"{Path(federation)}/deadlines", null, TimeSpan.Zero, cancellationToken)
        ?? throw Empty();

    /// <summary>Also of buffers that are open.</summary>
    public async Task<TierDeadlines> SetDeadlineAsync(
        string federation, DeadlineTier tier, DeadlineOrder order, CancellationToken cancellationToken) =>
        await SendAsync<TierDeadlines>(
            HttpMethod.Put,
            $"{Path(federation)}/deadlines/{(tier == DeadlineTier.Global ? "global" : "cluster")}",
            JsonContent.Create(order, options: FedJson.Options),
            TimeSpan.Zero,
            cancellationToken)
        ?? throw Empty();

    private async Task<T> OrderAsync<T>(string path, object order, CancellationToken cancellationToken)
        where T : class => await SendAsync<T>(
            HttpMethod.Post,
            path,
            JsonContent.Create(order, order.GetType(), options: FedJson.Options),
            TimeSpan.Zero,
            cancellationToken)
        ?? throw Empty();
}

using System.Net.Http.Json;
using Fed.Contracts;
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

    private async Task<T> OrderAsync<T>(string path, object order, CancellationToken cancellationToken)
        where T : class => await SendAsync<T>(
            HttpMethod.Post,
            path,
            JsonContent.Create(order, order.GetType(), options: FedJson.Options),
            TimeSpan.Zero,
            cancellationToken)
        ?? throw Empty();
}

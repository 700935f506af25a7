using Fed.Contracts.Federations;

namespace Fed.Tests.Grains;

/// <summary>Settings of the federations that these tests need.</summary>
internal static class TestSettings
{
    /// <summary>Participants p0, p1, ... spread over the given clusters in turn.</summary>
    public static FederationSettings Of(int participants, params string[] clusters) => new()
    {
        Name = $"test-{Guid.NewGuid():N}",
        Task = "media-qc",
        Model = "{}",
        Clusters = clusters,
        Roster = [.. Enumerable.Range(0, participants).Select(i => new RosterEntry($"p{i}", clusters[i % clusters.Length]))],
        EvaluateEvery = 0,
    };
}

namespace Fed.Cli.Audit;

/// <summary>An update that its sender has recorded as acknowledged.</summary>
/// <param name="Sha256">Null where the agent was killed between recording the receipt and printing it.</param>
internal sealed record Acknowledged(string Participant, long Sequence, string? Sha256);

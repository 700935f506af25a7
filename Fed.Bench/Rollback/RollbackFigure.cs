namespace Fed.Bench.Rollback;

/// <summary>What orders to go back took while participants submitted, milliseconds.</summary>
/// <param name="Rollbacks">Orders.</param>
/// <param name="Senders">Participants that submitted without a pause.</param>
/// <param name="UpdatesPerSecond">Acknowledged meanwhile.</param>
/// <param name="OrderP50Ms">From the order to its answer: the restored version is durable, the others are
/// withdrawn.</param>
/// <param name="EffectP50Ms">From the order until every cluster has a version that descends from the restored
/// one.</param>
public sealed record RollbackFigure(
    int Rollbacks,
    int Senders,
    double UpdatesPerSecond,
    double OrderP50Ms,
    double OrderMaxMs,
    double EffectP50Ms,
    double EffectMaxMs);

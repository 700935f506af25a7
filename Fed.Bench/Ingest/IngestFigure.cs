namespace Fed.Bench.Ingest;

/// <summary>One size of update from so many senders.</summary>
/// <param name="Size">Bytes of an update file.</param>
/// <param name="UpdatesPerSecond">Acknowledged: bytes and ledger entry on the disk.</param>
/// <param name="MbPerSecond">10^6 bytes of bodies.</param>
/// <param name="P50Ms">From the first byte sent to the receipt read.</param>
/// <param name="RatioToDiscard">To the rate at which the same server reads the same bodies and throws them
/// away, in turns with it.</param>
/// <param name="Waits">Updates that were refused at first, because their sender waits for a version, and sent again
/// when it was there.</param>
public sealed record IngestRow(
    long Size,
    int Senders,
    double UpdatesPerSecond,
    double MbPerSecond,
    double P50Ms,
    double P99Ms,
    double RatioToDiscard,
    double DiscardPerSecond,
    long Waits);

/// <summary>How long after the K-th update a waiting participant has its next task, milliseconds.</summary>
/// <param name="AfterReceiptMs">Since the K-th receipt.</param>
/// <param name="AfterSendingMs">Since the K-th update began to be sent.</param>
public sealed record PublishFigure(double AfterReceiptMs, double AfterSendingMs);

/// <summary>A moment of the silo's memory.</summary>
/// <param name="Updates">Acknowledged so far.</param>
/// <param name="RssMb">10^6 bytes resident.</param>
public sealed record MemoryPoint(long Updates, double RssMb);

/// <summary>Resident memory of a silo whose whole roster enrols, 10^6 bytes.</summary>
public sealed record RosterFigure(int Participants, double BeforeMb, double PeakMb, double IdleMb);

/// <summary>Medians of <see cref="PublishFigure"/>.</summary>
/// <param name="Version"><c>cluster</c>: the cluster's own; <c>global</c>: through the global tier and back, in a
/// synchronous round.</param>
public sealed record PublishRow(string Version, double AfterReceiptMs, double AfterSendingMs);

/// <param name="PublishP50Ms">Of a cluster's version, from the K-th receipt.</param>
/// <param name="Memory">Null without <c>--full</c>.</param>
/// <param name="Roster">Null without <c>--full</c>.</param>
public sealed record IngestFigure(
    IReadOnlyList<IngestRow> Rows,
    IReadOnlyList<PublishRow> Publish,
    double PublishP50Ms,
    IReadOnlyList<MemoryPoint>? Memory,
    RosterFigure? Roster);

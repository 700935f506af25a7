namespace Fed.Core.FailPoints;

/// <summary>
/// Every fail point. What stands after 'before' or 'after' is the step: an fsync, a rename, a write of state, a send.
/// </summary>
public static class FailPointNames
{
    // A blob becomes durable.
    public const string BlobBeforeFsync = "blob.before-fsync";
    public const string BlobAfterFsync = "blob.after-fsync";
    public const string BlobBeforeRename = "blob.before-rename";
    public const string BlobAfterRename = "blob.after-rename";
    public const string BlobBeforeFolderFsync = "blob.before-folder-fsync";
    public const string BlobAfterFolderFsync = "blob.after-folder-fsync";

    // A federation is listed, then created.
    public const string FederationBeforeListing = "federation.before-listing";
    public const string FederationAfterListing = "federation.after-listing";
    public const string FederationAfterCreation = "federation.after-creation";

    // A transaction of actors' states, and one actor's group commit.
    public const string StateBeforeCommit = "state.before-commit";
    public const string StateAfterCommit = "state.after-commit";
    public const string GroupBeforeWrite = "group.before-write";
    public const string GroupAfterWrite = "group.after-write";

    // A cluster's aggregate goes up, a global version comes down.
    public const string AggregateBeforeSend = "aggregate.before-send";
    public const string AggregateAfterSend = "aggregate.after-send";
    public const string AdoptionBeforeSend = "adoption.before-send";
    public const string AdoptionAfterSend = "adoption.after-send";

    // An upload becomes a contribution, and its sender hears of it.
    public const string GatewayBeforeSubmit = "gateway.before-submit";
    public const string GatewayAfterSubmit = "gateway.after-submit";
    public const string GatewayBeforeResponse = "gateway.before-response";

    // A file of an agent becomes durable: its key, its ledger, an update.
    public const string AgentBeforeFsync = "agent.before-fsync";
    public const string AgentAfterFsync = "agent.after-fsync";
    public const string AgentBeforeRename = "agent.before-rename";
    public const string AgentAfterRename = "agent.after-rename";
    public const string AgentBeforeFolderFsync = "agent.before-folder-fsync";
    public const string AgentAfterFolderFsync = "agent.after-folder-fsync";

    // An update gets the name of its hash, the ledger names it, a model enters the cache.
    public const string UpdateBeforeRename = "update.before-rename";
    public const string UpdateAfterRename = "update.after-rename";
    public const string LedgerBeforeWrite = "ledger.before-write";
    public const string LedgerAfterWrite = "ledger.after-write";
    public const string ModelBeforeRename = "model.before-rename";
    public const string ModelAfterRename = "model.after-rename";

    // An update is sent, its receipt comes and is recorded.
    public const string UploadBeforeSend = "upload.before-send";
    public const string UploadAfterSend = "upload.after-send";
    public const string ReceiptBeforeRecord = "receipt.before-record";
    public const string ReceiptAfterRecord = "receipt.after-record";

    /// <summary>Of the silo.</summary>
    public static IReadOnlyList<string> Silo { get; } =
    [
        BlobBeforeFsync, BlobAfterFsync, BlobBeforeRename, BlobAfterRename, BlobBeforeFolderFsync, BlobAfterFolderFsync,
        FederationBeforeListing, FederationAfterListing, FederationAfterCreation,
        StateBeforeCommit, StateAfterCommit, GroupBeforeWrite, GroupAfterWrite,
        AggregateBeforeSend, AggregateAfterSend, AdoptionBeforeSend, AdoptionAfterSend,
        GatewayBeforeSubmit, GatewayAfterSubmit, GatewayBeforeResponse,
    ];

    /// <summary>Of a participant's agent.</summary>
    public static IReadOnlyList<string> Agent { get; } =
    [
        AgentBeforeFsync, AgentAfterFsync, AgentBeforeRename, AgentAfterRename, AgentBeforeFolderFsync,
        AgentAfterFolderFsync,
        UpdateBeforeRename, UpdateAfterRename, LedgerBeforeWrite, LedgerAfterWrite, ModelBeforeRename, ModelAfterRename,
        UploadBeforeSend, UploadAfterSend, ReceiptBeforeRecord, ReceiptAfterRecord,
    ];

    public static IReadOnlyList<string> All { get; } = [.. Silo, .. Agent];
}

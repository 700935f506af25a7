namespace Fed.Silo.Storage.Azure;

/// <summary>What became of a commit of blocks.</summary>
internal enum BlockListResult
{
    Created,

    /// <summary>There is a blob of that name; it was left as it is.</summary>
    Exists,

    /// <summary>The blocks are no longer there: another commit took them, or a week went by.</summary>
    BlocksMissing,
}

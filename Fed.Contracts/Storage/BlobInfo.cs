namespace Fed.Contracts.Storage;

/// <summary>What a listing tells of one blob.</summary>
/// <param name="Sha256">Its name, 64 lower-case hex digits.</param>
/// <param name="Modified">
/// When these bytes were last committed, to the second or better: committing what is there already counts too, so that
/// a collector's grace holds for whoever is about to refer to it.
/// </param>
public readonly record struct BlobInfo(string Sha256, long Bytes, DateTimeOffset Modified);

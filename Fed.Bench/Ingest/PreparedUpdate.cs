namespace Fed.Bench.Ingest;

/// <summary>A signed update, ready to be sent.</summary>
/// <param name="Participant">Index in the roster.</param>
/// <param name="Path">Of the request.</param>
/// <param name="Head">The file's first bytes, in which it differs from others of its federation; the rest they
/// share.</param>
/// <param name="Digest">Value of Content-Digest.</param>
/// <param name="Signature">Value of Fed-Signature.</param>
public sealed record PreparedUpdate(int Participant, string Path, byte[] Head, string Digest, string Signature);

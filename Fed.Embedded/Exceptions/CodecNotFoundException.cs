namespace Orleans.Serialization;

/// <summary>An argument or result has a type that cannot travel in a grain call.</summary>
public sealed class CodecNotFoundException(string message) : Exception(message);

using Fed.Core.IO;

namespace Fed.Contracts.Storage;

/// <summary>Random access to one blob, from several threads, until it is disposed.</summary>
public interface IBlobReader : IRandomReader, IDisposable;

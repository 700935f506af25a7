using Fed.Contracts.Storage;
using Fed.Core.IO;

namespace Fed.Silo.Storage;

/// <summary>One blob of the store, as a file.</summary>
internal sealed class FileBlobReader(string path) : FileReader(path), IBlobReader;

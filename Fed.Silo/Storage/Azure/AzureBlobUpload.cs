using System.Buffers;
using Fed.Core.IO;

namespace Fed.Silo.Storage.Azure;

/// <summary>
/// Brings a file up as a blob that is there whole or not at all. Several writers of the same bytes agree: the first
/// commit makes the blob, the others find it. Blocks are numbered, so that such writers stage the same ones.
/// </summary>
internal sealed class AzureBlobUpload(AzureContainer container, AzureBlobOptions options)
{
    private const int BlocksAtATime = 4;

    public async Task RunAsync(string name, IRandomReader file, CancellationToken cancellationToken)
    {
        // Goes round again when a blob was removed just after it was found, or blocks after they were staged.
        while (!await PutAsync(name, file, replace: false, cancellationToken))
        {
            var length = await container.GetLengthAsync(name, cancellationToken);
            if (length == file.Length && await container.TouchAsync(name, cancellationToken))
                return;
            // Damaged: the name promises these bytes, and here they are.
            if (length is not null && length != file.Length)
                await PutAsync(name, file, replace: true, cancellationToken);
        }
    }

    /// <returns>False when it was not created.</returns>
    private async Task<bool> PutAsync(
        string name, IRandomReader file, bool replace, CancellationToken cancellationToken)
    {
        if (file.Length <= options.BlockBytes)
        {
            var whole = new byte[file.Length];
            file.Read(0, whole);
            return await container.PutBlobAsync(name, whole, replace, cancellationToken);
        }

        var size = options.BlockBytesOf(file.Length);
        var count = (int)((file.Length + size - 1) / size);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = BlocksAtATime, CancellationToken = cancellationToken },
            async (index, stop) => await PutBlockAsync(name, file, index, size, stop));
        return await container.PutBlockListAsync(name, count, replace, cancellationToken);
    }

    private async Task PutBlockAsync(
        string name, IRandomReader file, int index, int size, CancellationToken cancellationToken)
    {
        var offset = (long)index * size;
        var length = (int)Math.Min(size, file.Length - offset);
        var block = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            file.Read(offset, block.AsSpan(0, length));
            await container.PutBlockAsync(name, index, block.AsMemory(0, length), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}

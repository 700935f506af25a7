namespace Fed.Core.Codecs;

/// <summary>The codecs by id and by name. Ids may only be added: stored updates must stay readable.</summary>
public static class BlockCodecs
{
    /// <summary>Pseudo codec of the int64 sums of a partial aggregate.</summary>
    public const ushort Int64Sums = 100;

    private static readonly IBlockCodec[] All = [new Float32Codec(), new Int8Codec()];

    public static string Names => string.Join(", ", All.Select(codec => codec.Name));

    /// <exception cref="ArgumentException">No codec has this name.</exception>
    public static IBlockCodec ByName(string name) =>
        All.FirstOrDefault(codec => codec.Name == name)
        ?? throw new ArgumentException($"codec '{name}' is not known; use one of {Names}");

    /// <exception cref="InvalidDataException">No codec has this id.</exception>
    public static IBlockCodec ById(ushort id)
    {
        foreach (var codec in All)
        {
            if (codec.Id == id)
                return codec;
        }

        throw new InvalidDataException($"codec id {id} is not known; this build reads {Names}");
    }
}

using System.Globalization;

namespace Fed.Core.Codecs;

/// <summary>The codecs by id and by name. Ids may only be added: stored updates must stay readable.</summary>
public static class BlockCodecs
{
    /// <summary>Pseudo codec of the int64 sums of a partial aggregate.</summary>
    public const ushort Int64Sums = 100;

    private static readonly IBlockCodec[] All =
    [
        new Float32Codec(), new Int8Codec(), new Float16Codec(), new BFloat16Codec(), new Int4Codec(),
        new TopKCodec(), new SignCodec(), new TernaryCodec(),
    ];

    /// <summary>All names, for messages and help.</summary>
    public static string Names => string.Join(", ", All.Select(codec => codec.Name));

    /// <summary>
    /// The codec that a setting names: <c>name</c>, or <c>name:density</c> for those that are sparse.
    /// </summary>
    /// <exception cref="ArgumentException">No codec has this name, or the density is no number above 0 and at
    /// most 1.</exception>
    public static IBlockCodec ByName(string setting)
    {
        var colon = setting.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? setting : setting[..colon];
        var codec = All.FirstOrDefault(codec => codec.Name == name)
            ?? throw new ArgumentException($"codec '{setting}' is not known; use one of {Names}");
        if (colon < 0)
            return codec;
        if (codec is not ISparseCodec sparse)
            throw new ArgumentException($"codec '{setting}' has a parameter; {name} takes none: write {name}");
        var text = setting.AsSpan(colon + 1);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var density)
            && density is > 0 and <= 1
            ? sparse.WithDensity(density)
            : throw new ArgumentException(
                $"codec '{setting}' has density '{text}'; it must be a number above 0 and at most 1, "
                + $"as in {name}:0.01");
    }

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

    /// <summary>Encodes a vector of one block; returns the number of bytes written.</summary>
    public static int Encode(
        this IBlockCodec codec, ReadOnlySpan<float> values, Span<byte> destination, ulong? seed = null) =>
        codec.CreateEncoder(values, seed).Encode(values, destination);
}

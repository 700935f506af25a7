namespace Fed.Tests.Core.Support;

/// <summary>
/// Damage to a file: from a flipped bit to a splice of two files, often with the checksums made to fit again.
/// </summary>
internal static class Mutations
{
    private static readonly byte[] Edges = [0, 1, 0x7F, 0x80, 0xFF];

    public static byte[] Apply(Random random, byte[][] seeds)
    {
        var bytes = seeds[random.Next(seeds.Length)].ToList();
        for (var times = 1 + random.Next(3); times > 0 && bytes.Count > 1; times--)
            Once(random, bytes, seeds);
        var mutant = bytes.ToArray();
        if (random.Next(4) != 0)
            UpdateFiles.Reseal(mutant);
        return mutant;
    }

    private static void Once(Random random, List<byte> bytes, byte[][] seeds)
    {
        // Half of the damage goes to the header and index, which are a small part of the file.
        var at = random.Next(random.Next(2) == 0 ? Math.Min(bytes.Count, 144) : bytes.Count);
        var length = random.Next(1, 1 + Math.Min(16, bytes.Count - at));
        switch (random.Next(9))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                for (var i = 0; i < length; i++)
                    bytes[at + i] = Edges[random.Next(Edges.Length)];
                break;
            case 3:
                bytes.RemoveRange(at, length);
                break;
            case 4:
                bytes.InsertRange(at, Enumerable.Range(0, length).Select(_ => (byte)random.Next(256)));
                break;
            case 5:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 6:
                bytes.AddRange(bytes.GetRange(at, length));
                break;
            case 7:
                var other = seeds[random.Next(seeds.Length)];
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other.Skip(at));
                break;
            default:
                // A whole field of the header or index: 4 or 8 bytes that mean a number.
                var field = random.Next(34) * 4;
                BitConverter.GetBytes(random.Next(2) == 0 ? random.Next(-2, 300) : random.NextInt64()).Take(4).ToArray()
                    .Select((value, i) => (value, i)).ToList()
                    .ForEach(pair =>
                    {
                        if (field + pair.i < bytes.Count)
                            bytes[field + pair.i] = pair.value;
                    });
                break;
        }
    }
}

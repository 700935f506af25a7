using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Fed.MediaQc.Plates;

/// <summary>The parts of a set, each with characters on its plates that no other part has.</summary>
internal enum PlatePart
{
    Train,
    Validation,
    Test,
}

/// <summary>What is written on plates.</summary>
internal static class Lettering
{
    // I, O and Q are left out, as many countries do.
    private const string Letters = "ABCDEFGHJKLMNPRSTUVWXYZ";
    private const int Test = 8;
    private const int Validation = 6;

    /// <summary>Which part a plate's characters belong to: of 10, six are for training and two for each other.</summary>
    public static PlatePart PartOf(string text) =>
        (BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))) % 10) switch
        {
            >= Test => PlatePart.Test,
            >= Validation => PlatePart.Validation,
            _ => PlatePart.Train,
        };

    /// <summary>Characters after one of a country's patterns, that belong to the part.</summary>
    public static string Draw(PlateCountry country, PlatePart part, Random random)
    {
        while (true)
        {
            var pattern = country.Patterns[random.Next(country.Patterns.Length)];
            var text = string.Create(pattern.Length, (pattern, random), static (span, given) =>
            {
                foreach (var (i, character) in given.pattern.Index())
                {
                    span[i] = character switch
                    {
                        'L' => Letters[given.random.Next(Letters.Length)],
                        '0' => (char)('0' + given.random.Next(10)),
                        _ => character,
                    };
                }
            });
            if (PartOf(text) == part)
                return text;
        }
    }
}

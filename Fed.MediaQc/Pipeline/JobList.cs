using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Fed.MediaQc.Pipeline;

/// <summary>Turns a plan into the clips that must be made.</summary>
public static class JobList
{
    /// <summary>The clips of one house: each take of each source in every setting and with every fault.</summary>
    /// <param name="house">The house.</param>
    /// <param name="takes">Camera moves a source, numbered from <paramref name="firstTake"/>.</param>
    /// <param name="firstTake">Number of the first camera move.</param>
    /// <param name="seed">Seed of the whole set.</param>
    public static IEnumerable<ClipJob> OfHouse(HousePlan house, int firstTake, int takes, int seed) =>
        from source in house.Sources.Index()
        from take in Enumerable.Range(firstTake, takes)
        from job in OfScene(house, house.Faults, source.Item, StableSeed(seed, source.Item, take), source.Index + take)
        select job;

    /// <summary>The held-out clips of one codec: its houses take turns, each with all its settings.</summary>
    public static IEnumerable<ClipJob> OfTest(BuildPlan plan, string cluster, int seed)
    {
        var houses = plan.Houses.Where(house => house.Cluster == cluster).ToList();
        for (var i = 0; i < plan.Test.Sources.Length; i++)
        {
            for (var take = 0; take < plan.Clip.TestTakes; take++)
            {
                var house = houses[(i + take) % houses.Count];
                var scene = StableSeed(seed, plan.Test.Sources[i], take);
                foreach (var job in OfScene(house, plan.Test.Faults, plan.Test.Sources[i], scene, i + take))
                    yield return job;
            }
        }
    }

    /// <summary>A number that depends on its arguments only, the same on every machine.</summary>
    public static int StableSeed(params object[] parts)
    {
        var text = string.Join('|', parts.Select(part => FormattableString.Invariant($"{part}")));
        return BinaryPrimitives.ReadInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))) & int.MaxValue;
    }

    private static IEnumerable<ClipJob> OfScene(
        HousePlan house, string[] faults, string source, int scene, int turn)
    {
        ClipJob Job(string setting, ChainFault? fault) =>
            new(source, house.Lines, scene, house.Encoder, $"{house.Options} {setting}", fault);

        foreach (var setting in house.Good.Concat(house.Low))
            yield return Job(setting, null);
        // Half of the faults in each scene, by turns: enough patches for half the encodes.
        for (var i = turn % 2; i < faults.Length; i += 2)
            yield return Job(house.Good[(turn + i) / 2 % house.Good.Length], ChainFault.Parse(faults[i]));
    }
}

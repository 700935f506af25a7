using System.Diagnostics;

namespace Fed.Tests.Silo.Cluster;

/// <summary>
/// Network namespaces, one a silo, on one bridge, which is this machine's way to them. A silo that is cut off reaches
/// no other one; it goes on reaching this machine, and so its storage and its participants.
/// </summary>
internal sealed class SiloNetwork : IDisposable
{
    /// <summary>A hardware address that no port of the bridge has.</summary>
    private const string Nobody = "02:00:00:00:00:01";

    private readonly string _name = $"fed{Random.Shared.Next(0x10000):x4}";
    // Of the block for benchmarks of networks (RFC 2544), which is routed nowhere.
    private readonly string _subnet = $"198.18.{Random.Shared.Next(256)}";
    private readonly int _silos;

    public SiloNetwork(int silos)
    {
        _silos = silos;
        Ip($"link add {_name} type bridge");
        Ip($"addr add {HostAddress}/24 dev {_name}");
        Ip($"link set {_name} up");
        for (var silo = 0; silo < silos; silo++)
        {
            var (space, port) = (SpaceOf(silo), $"{_name}p{silo}");
            Ip($"netns add {space}");
            Ip($"link add {port} type veth peer name eth0 netns {space}");
            Ip($"link set {port} master {_name} up");
            Ip($"-n {space} addr add {AddressOf(silo)}/24 dev eth0");
            Ip($"-n {space} link set eth0 up");
            Ip($"-n {space} link set lo up");
        }
    }

    /// <summary>Why there can be none here; null: there can.</summary>
    public static string? Missing { get; } = Probe();

    /// <summary>Of this machine, for the silos.</summary>
    public string HostAddress => $"{_subnet}.1";

    public string AddressOf(int silo) => $"{_subnet}.{silo + 2}";

    /// <summary>The process will be in the silo's namespace.</summary>
    public void Enter(int silo, ProcessStartInfo start)
    {
        foreach (var (index, word) in ((string[])["netns", "exec", SpaceOf(silo), start.FileName]).Index())
            start.ArgumentList.Insert(index, word);
        start.FileName = "ip";
    }

    /// <summary>What it sends to other silos is dropped without a word, and so no connection holds.</summary>
    public void Cut(int silo) => EachOther(silo, other => $"replace {other} lladdr {Nobody} dev eth0 nud permanent");

    public void Mend(int silo) => EachOther(silo, other => $"del {other} dev eth0");

    /// <summary>Silos that still run keep their namespaces until they end.</summary>
    public void Dispose()
    {
        for (var silo = 0; silo < _silos; silo++)
            Ip($"netns del {SpaceOf(silo)}");
        Ip($"link del {_name}");
    }

    private string SpaceOf(int silo) => $"{_name}-{silo}";

    private void EachOther(int silo, Func<string, string> neighbour)
    {
        foreach (var other in Enumerable.Range(0, _silos).Where(other => other != silo))
            Ip($"-n {SpaceOf(silo)} neigh {neighbour(AddressOf(other))}");
    }

    private static void Ip(string arguments)
    {
        var (code, error) = Run(arguments);
        Assert.True(code == 0, $"ip {arguments}: {error}");
    }

    private static (int Code, string Error) Run(string arguments)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        var error = ip.StandardError.ReadToEnd();
        ip.WaitForExit();
        return (ip.ExitCode, error);
    }

    private static string? Probe()
    {
        var name = $"fedprobe{Random.Shared.Next(0x10000):x4}";
        try
        {
            if (Run($"netns add {name}") is (not 0, var refusal))
                return $"network namespaces cannot be made here: {refusal.Trim()}";
            var (code, error) = Run($"netns exec {name} true");
            Ip($"netns del {name}");
            return code == 0 ? null : $"network namespaces cannot be entered here: {error.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "iproute2 is not installed (./fed test installs it where it may)";
        }
    }
}

/// <summary>A test with silos in network namespaces: skipped, and shown as skipped, where there can be none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NetworkFactAttribute : FactAttribute
{
    public NetworkFactAttribute() => Skip = ServersFactAttribute.Missing ?? SiloNetwork.Missing;
}

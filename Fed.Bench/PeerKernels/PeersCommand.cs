using System.CommandLine;

namespace Fed.Bench.PeerKernels;

/// <summary><c>fed bench peers</c>: our aggregation against the kernels of the peers.</summary>
internal static class PeersCommand
{
    public static Command Create()
    {
        var json = JsonFile.Option();
        var full = new Option<bool>("--full") { Description = "25M parameters, 10 s a kernel; else 5M, 2 s" };
        var command = new Command("peers", "mean, median, trimmed mean, Krum beside the peers' (needs python3-numpy)")
        {
            json, full,
        };
        command.SetAction(parsed => Run(parsed.GetValue(full), parsed.GetValue(json)));
        return command;
    }

    private static void Run(bool full, FileInfo? json)
    {
        Console.WriteLine($"{"kernel",-16}{"threads",8}{"ours, s",10}{"peer, s",10}{"speedup",9}{"ours, MB",10}{"peer, MB",10}");
        var (dimension, seconds) = full ? (25_000_000, 10) : (5_000_000, 2);
        var rows = PeerBench.Run(dimension, seconds, Path.GetTempPath());
        foreach (var row in rows)
        {
            Console.WriteLine(
                $"{row.Kernel,-16}{row.Threads,8}{row.Ours,10:0.0000}{row.Peer,10:0.0000}{row.Speedup,9:0.00}"
                + $"{row.ExtraMemoryOurs * 1e-6,10:0.0}{row.ExtraMemoryPeer * 1e-6,10:0.0}");
        }

        JsonFile.Write(json, new { rows });
    }
}

using System.Globalization;
using System.Runtime.InteropServices;

namespace Fed.Bench.Report;

/// <summary>What the figures were measured on.</summary>
internal static class MachineDescription
{
    public static string Text()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * 1e-9;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Processor()}, {Environment.ProcessorCount} cores, {memory:0} GB of memory; "
            + $"{RuntimeInformation.OSDescription}; {RuntimeInformation.FrameworkDescription}");
    }

    private static string Processor()
    {
        const string Field = "model name";
        const string Source = "/proc/cpuinfo";
        var line = File.Exists(Source)
            ? File.ReadLines(Source).FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal))
            : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}

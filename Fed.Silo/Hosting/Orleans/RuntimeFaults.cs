using Orleans.Runtime;

namespace Fed.Silo.Hosting;

/// <summary>Which failures of the runtime pass by themselves: silos that come and go, storage that was raced.</summary>
internal static class RuntimeFaults
{
    public static bool IsPassing(Exception error) => error is OrleansException;
}

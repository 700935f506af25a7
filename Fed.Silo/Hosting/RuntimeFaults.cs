using Orleans.Runtime;

namespace Fed.Silo.Hosting;

/// <summary>
/// Which failures of the runtime pass by themselves: an actor that is moving, a write that was raced.
/// </summary>
internal static class RuntimeFaults
{
    public static bool IsPassing(Exception error) => error is OrleansException;
}

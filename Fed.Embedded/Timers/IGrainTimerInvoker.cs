using Orleans.Runtime;

namespace Fed.Embedded.Timers;

/// <summary>The method that call filters see when a timer ticks.</summary>
internal interface IGrainTimerInvoker : IAddressable
{
    Task InvokeCallbackAsync();
}

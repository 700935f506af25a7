namespace Orleans.Configuration;

/// <summary>Limits on grain calls.</summary>
public class SiloMessagingOptions
{
    /// <summary>How long a caller waits for a response. At least 1 ms; 30 s unless set.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether a call that timed out in its queue is dropped rather than run.</summary>
    public bool DropExpiredMessages { get; set; } = true;

    /// <summary>How often one call may move on to a further activation, when grains deactivate under it.</summary>
    public int MaxForwardCount { get; set; } = 2;

    /// <summary>Whether a call that timed out cancels its callee's token.</summary>
    public bool CancelRequestOnTimeout { get; set; }
}

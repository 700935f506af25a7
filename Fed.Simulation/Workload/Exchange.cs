using Fed.Simulation.Engine;
using Fed.Simulation.Silo;

namespace Fed.Simulation.Workload;

/// <summary>
/// The network between participants and gateway: requests and responses are late, lost or delivered again, and a dead
/// silo breaks its connections.
/// </summary>
/// <param name="silo">The process that listens now, or the dead one.</param>
internal sealed class Exchange(EventQueue events, FaultPlan faults, Func<SimulatedSilo> silo)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <exception cref="IOException">The connection broke or was refused.</exception>
    /// <exception cref="TimeoutException">There was no response.</exception>
    public Task<T> CallAsync<T>(string label, Func<SimulatedSilo, Task<T>> request, TimeSpan timeout)
    {
        var answer = new TaskCompletionSource<T>();
        events.After(timeout, "timeout", () => answer.TrySetException(new TimeoutException($"{label}: no response")));
        Deliver(label, request, answer, faults.Latency());
        if (faults.Duplicated())
            Deliver(label, request, answer, events.UpTo(Longest));
        return answer.Task;
    }

    private void Deliver<T>(
        string label, Func<SimulatedSilo, Task<T>> request, TaskCompletionSource<T> answer, TimeSpan latency)
    {
        if (faults.ExchangeLost())
            return;
        events.After(latency, label, () =>
        {
            var server = silo();
            if (!server.IsAlive)
            {
                Fail(answer, $"{label}: connection refused");
                return;
            }

            server.Connect(() => Fail(answer, $"{label}: connection reset"));
            server.Gateway.Run(() => ServeAsync(server, request, answer));
        });
    }

    private async Task ServeAsync<T>(
        SimulatedSilo server, Func<SimulatedSilo, Task<T>> request, TaskCompletionSource<T> answer)
    {
        Action respond;
        try
        {
            var result = await request(server);
            respond = () => answer.TrySetResult(result);
        }
#pragma warning disable CA1031 // Whatever it was, the caller hears of it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            respond = () => answer.TrySetException(error);
        }

        if (!faults.ExchangeLost())
            events.After(faults.Latency(), "response", respond);
    }

    private void Fail<T>(TaskCompletionSource<T> answer, string reason)
    {
        if (!answer.Task.IsCompleted)
            events.After(faults.Latency(), "broken", () => answer.TrySetException(new IOException(reason)));
    }
}

using Fed.Embedded.Activations;

namespace Fed.Embedded.Calls;

/// <summary>
/// Carries a caller's cancellation into the grain: the caller's task ends at once, and the callee's own token is
/// cancelled within the callee's turns.
/// </summary>
internal sealed class CallCancellation : IDisposable
{
    private readonly CancellationTokenSource _callee = new();
    private readonly GrainCall _call;
    private CancellationTokenRegistration _registration;
    private Activation? _activation;

    private CallCancellation(GrainCall call) => _call = call;

    /// <summary>Gives the call a token of its own that follows the caller's.</summary>
    public static void Attach(GrainCall call, CancellationToken caller)
    {
        var cancellation = new CallCancellation(call);
        call.Arguments[call.Method.CancellationIndex] = cancellation._callee.Token;
        call.Cancellation = cancellation;
        cancellation._registration = caller.UnsafeRegister(
            static (state, token) => ((CallCancellation)state!).OnCallerCancelled(token), cancellation);
    }

    /// <summary>Says where the call runs.</summary>
    public void RunsIn(Activation activation) => Volatile.Write(ref _activation, activation);

    /// <summary>Cancels the callee's token, in the callee's turn once it runs.</summary>
    public void CancelCallee()
    {
        if (Volatile.Read(ref _activation) is { } activation)
        {
            activation.Post(_callee.Cancel);
        }
        else
        {
            _callee.Cancel();
        }
    }

    public void Dispose() => _registration.Unregister();

    private void OnCallerCancelled(CancellationToken token)
    {
        _call.Fail(new OperationCanceledException(token));
        CancelCallee();
    }
}

using Fed.Embedded.Activations;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Fed.Embedded.Calls;

/// <summary>Brings calls to activations. Calls from inside and from outside take the same way.</summary>
internal sealed class CallDispatcher(EmbeddedSilo silo, SiloMessagingOptions options)
{
    /// <summary>Sends a call; its task tells how it went, also where it could not be sent.</summary>
    public void Send(GrainCall call, GrainReference reference)
    {
        call.Source = RuntimeContext.CurrentActivation;
        call.Context = RequestContext.Values;
        if (silo.OutgoingFilters.Length > 0)
        {
            _ = SendFilteredAsync(call, reference);
            return;
        }
        Dispatch(call, reference);
    }

    /// <summary>Sends a call that an activation could not run any more.</summary>
    public void Forward(GrainCall call)
    {
        if (++call.Forwards > options.MaxForwardCount)
        {
            call.Fail(new OrleansMessageRejectionException(
                $"{call} was forwarded {options.MaxForwardCount} times because its activations ended before it ran. "
                + $"Check what deactivates the grain, or raise {nameof(options.MaxForwardCount)}."));
            return;
        }
        Deliver(call, null);
    }

    private async Task SendFilteredAsync(GrainCall call, GrainReference reference)
    {
        try
        {
            var outgoing = new OutgoingCall(call, reference, silo, inner =>
            {
                Dispatch(inner, reference);
                return inner.Completion;
            });
            await outgoing.Invoke();
            call.Succeed(copy: false);
        }
        catch (Exception error)
        {
            call.Fail(error);
        }
    }

    private void Dispatch(GrainCall call, GrainReference reference)
    {
        try
        {
            call.Method.CopyArguments(call.Arguments);
            if (call.Method.OneWay)
            {
                Deliver(call, reference);
                call.Succeed(copy: false);
                return;
            }
            silo.Pending.Add(call);
            if (call.Method.CancellationIndex is >= 0 and var index
                && call.Arguments[index] is CancellationToken { CanBeCanceled: true } token)
            {
                CallCancellation.Attach(call, token);
                if (token.IsCancellationRequested)
                {
                    return;
                }
            }
            Deliver(call, reference);
        }
        catch (Exception error)
        {
            call.Fail(error);
        }
    }

    private void Deliver(GrainCall call, GrainReference? reference)
    {
        try
        {
            var target = reference?.LastTarget;
            while (target is null || !target.TryReceive(call))
            {
                target = silo.Catalog.GetOrCreate(call.Target, call.Context);
                if (reference is not null)
                {
                    reference.LastTarget = target;
                }
            }
        }
        catch (Exception error)
        {
            call.Fail(error);
        }
    }
}

using Fed.Embedded.Activations;
using Fed.Embedded.Calls;

namespace Fed.Embedded.Timers;

/// <summary>One tick, as a call that the activation makes to itself.</summary>
internal sealed class TimerCall(GrainTimer timer, Activation activation)
    : GrainCall(s_method, [], activation.GrainId)
{
    private static readonly MethodEntry s_method =
        new(typeof(IGrainTimerInvoker).GetMethod(nameof(IGrainTimerInvoker.InvokeCallbackAsync))!);

    public override bool AlwaysInterleave => timer.Interleaves;

    public override bool KeepsAlive => timer.KeepsAlive;

    public override bool IsLocal => true;

    public override bool IsCompleted => false;

    public override Task Completion => Task.CompletedTask;

    public override object? Result { get; set; }

    public override GrainCall Inner() => this;

    protected override Task Start(object instance) => timer.TickAsync();

    protected override void TakeResult()
    {
    }

    protected override void SetResult(bool copy)
    {
    }

    protected override void SetException(Exception error)
    {
    }

    protected override void OnFailure(Activation activation, Exception error) =>
        activation.Silo.Log.TimerFailed(activation.GrainId, error);
}

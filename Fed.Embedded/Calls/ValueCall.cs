using Fed.Embedded.Serialization;
using Orleans.Runtime;

namespace Fed.Embedded.Calls;

/// <summary>A call with a result.</summary>
internal sealed class ValueCall<T>(
    MethodEntry method, object?[] arguments, GrainId target, TaskCreationOptions answers)
    : GrainCall(method, arguments, target)
{
    private readonly TaskCompletionSource<T> _answer = new(answers);
    private Task<T>? _running;
    private T _result = default!;

    public Task<T> Task => _answer.Task;

    public override bool IsCompleted => _answer.Task.IsCompleted && !Method.OneWay;

    public override Task Completion => _answer.Task;

    public override object? Result
    {
        get => _result;
        set => _result = (T)value!;
    }

    public override GrainCall Inner() =>
        new ValueCall<T>(Method, Arguments, Target, _answer.Task.CreationOptions) { Source = Source, Context = Context };

    protected override Task Start(object instance) =>
        _running = ((Func<object, object?[], Task<T>>)Method.Invoker)(instance, Arguments);

    protected override void TakeResult() => _result = _running!.Result;

    protected override void SetResult(bool copy)
    {
        if (copy && Method.ResultPlan is { } plan && _result is not null)
        {
            _result = (T)plan.Copy(_result, new CopyContext());
        }
        _answer.TrySetResult(_result);
    }

    protected override void SetException(Exception error) => _answer.TrySetException(error);
}

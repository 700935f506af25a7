using Orleans.Runtime;

namespace Fed.Embedded.Calls;

/// <summary>A call without a result.</summary>
internal sealed class VoidCall(MethodEntry method, object?[] arguments, GrainId target, TaskCreationOptions answers)
    : GrainCall(method, arguments, target)
{
    private readonly TaskCompletionSource _answer = new(answers);

    public Task Task => _answer.Task;

    public override bool IsCompleted => _answer.Task.IsCompleted && !Method.OneWay;

    public override Task Completion => _answer.Task;

    public override object? Result { get; set; }

    public override GrainCall Inner() =>
        new VoidCall(Method, Arguments, Target, _answer.Task.CreationOptions) { Source = Source, Context = Context };

    protected override Task Start(object instance) =>
        ((Func<object, object?[], Task>)Method.Invoker)(instance, Arguments);

    protected override void TakeResult()
    {
    }

    protected override void SetResult(bool copy) => _answer.TrySetResult();

    protected override void SetException(Exception error) => _answer.TrySetException(error);
}

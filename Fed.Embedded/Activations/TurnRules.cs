namespace Fed.Embedded.Activations;

/// <summary>Where turns run. A simulation runs all of them on one thread, in an order of its own.</summary>
/// <param name="SchedulerOf">Runs the tasks of one activation one after the other, in their order.</param>
/// <param name="Answers">How callers' tasks complete. On the pool, what waits for them must not run in the turn that
/// answers.</param>
internal sealed record TurnRules(Func<Activation, TaskScheduler> SchedulerOf, TaskCreationOptions Answers)
{
    public static TurnRules OnPool { get; } = new(
        activation => new ActivationScheduler(activation), TaskCreationOptions.RunContinuationsAsynchronously);
}

using Orleans;

namespace Fed.Tests.Embedded.Runtime;

/// <summary>A class that nobody marked for serialisation.</summary>
public sealed class Unmarked
{
    public int Number { get; set; }
}

public interface ILooseGrain : IGrainWithStringKey
{
    Task Take(object anything);
}

public sealed class LooseGrain : Grain, ILooseGrain
{
    public Task Take(object anything) => Task.CompletedTask;
}

using Orleans;

namespace Fed.Tests.Embedded.Grains;

/// <summary>Wraps its own calls, too.</summary>
[Alias("test.filtered")]
public interface IFilteredGrain : IGrainWithStringKey
{
    [Alias("Greet")]
    Task<string> Greet(string name);

    [Alias("Forbidden")]
    Task<string> Forbidden();

    [Alias("Fail")]
    Task Fail();

    /// <summary>Calls another grain, through the outgoing filters.</summary>
    [Alias("Pass")]
    Task<string> Pass(IFilteredGrain other, string name);
}

public sealed class FilteredGrain : Grain, IFilteredGrain, IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        await context.Invoke();
        if (context.MethodName == nameof(Greet))
        {
            context.Result = $"grain({context.Result})";
        }
    }

    public Task<string> Greet(string name) => Task.FromResult($"hello {name}");

    public Task<string> Forbidden() => Task.FromResult("must not be seen");

    public Task Fail() => throw new InvalidOperationException("from the grain");

    public Task<string> Pass(IFilteredGrain other, string name) => other.Greet(name);
}

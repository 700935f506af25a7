using Fed.Tests.Embedded.Grains;
using Fed.Tests.Embedded.Runtime;
using Orleans;
using Orleans.Hosting;

namespace Fed.Tests.Embedded;

/// <summary>Grain call filters: around calls into grains and out of them.</summary>
public sealed class FilterTests : IAsyncLifetime
{
    private readonly List<string> _seen = [];
    private readonly string _key = SiloFixture.NewKey();
    private TestSilo _silo = null!;

    private IFilteredGrain Grain => _silo.Grains.GetGrain<IFilteredGrain>(_key);

    public async Task InitializeAsync() => _silo = await TestSilo.StartAsync(silo => silo
        .AddIncomingGrainCallFilter(IncomingAsync)
        .AddIncomingGrainCallFilter<SecondFilter>()
        .AddOutgoingGrainCallFilter(OutgoingAsync));

    public async Task DisposeAsync() => await _silo.DisposeAsync();

    [Fact]
    public async Task IncomingFilters_WrapTheCallInOrderOfRegistration_AndTheGrainsOwnFilterLast()
    {
        Assert.Equal("second(grain(hello you))", await Grain.Greet("you"));
    }

    [Fact]
    public async Task IncomingFilter_SeesMethodArgumentsAndTarget()
    {
        await Grain.Greet("you");

        var line = Assert.Single(Seen());
        Assert.Equal($"IFilteredGrain.Greet(you) on {_key} by IncomingTest, FilteredGrain.Greet", line);
    }

    [Fact]
    public async Task IncomingFilter_ThatThrows_KeepsTheCallFromTheGrain()
    {
        var error = await Assert.ThrowsAsync<UnauthorizedAccessException>(() => Grain.Forbidden());

        Assert.Equal("not for you", error.Message);
    }

    [Fact]
    public async Task IncomingFilter_SeesTheGrainsException()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => Grain.Fail());

        Assert.Contains("threw from the grain", Seen());
    }

    [Fact]
    public async Task OutgoingFilter_ChangesTheArgumentAndTheResult()
    {
        var other = _silo.Grains.GetGrain<IFilteredGrain>(SiloFixture.NewKey());

        var result = await Grain.Pass(other, "rename me");

        Assert.Equal("second(grain(hello renamed)) out", result);
    }

    private string[] Seen()
    {
        lock (_seen)
        {
            return [.. _seen];
        }
    }

    private async Task IncomingAsync(IIncomingGrainCallContext context)
    {
        // Orleans sends calls of its own through the filters too.
        if (context.InterfaceMethod.DeclaringType != typeof(IFilteredGrain))
        {
            await context.Invoke();
            return;
        }
        if (context.MethodName == nameof(IFilteredGrain.Forbidden))
        {
            throw new UnauthorizedAccessException("not for you");
        }
        try
        {
            await context.Invoke();
        }
        catch (InvalidOperationException error)
        {
            See($"threw {error.Message}");
            throw;
        }
        if (context.MethodName == nameof(IFilteredGrain.Greet))
        {
            See($"{context.InterfaceMethod.DeclaringType!.Name}.{context.InterfaceMethod.Name}"
                + $"({context.Request.GetArgument(0)}) on {context.TargetId.Key} by IncomingTest, "
                + $"{context.Grain.GetType().Name}.{context.ImplementationMethod.Name}");
        }
    }

    private void See(string line)
    {
        lock (_seen)
        {
            _seen.Add(line);
        }
    }

    private static async Task OutgoingAsync(IOutgoingGrainCallContext context)
    {
        if (context.InterfaceMethod.DeclaringType != typeof(IFilteredGrain)
            || context.Request.GetArgumentCount() != 1
            || context.Request.GetArgument(0) is not "rename me")
        {
            await context.Invoke();
            return;
        }
        context.Request.SetArgument(0, "renamed");
        await context.Invoke();
        context.Result = $"{context.Result} out";
    }

    private sealed class SecondFilter(Signals signals) : IIncomingGrainCallFilter
    {
        public async Task Invoke(IIncomingGrainCallContext context)
        {
            await context.Invoke();
            if (context.MethodName == nameof(IFilteredGrain.Greet))
            {
                signals.Count("greeted");
                context.Result = $"second({context.Result})";
            }
        }
    }
}

using Orleans;
using Orleans.Runtime;

namespace Fed.Tests.Embedded.Grains;

/// <summary>Calls another grain that calls back.</summary>
[Alias("test.chain")]
public interface IChainGrain : IGrainWithStringKey
{
    /// <summary>Calls <paramref name="other"/>, which calls this grain back.</summary>
    [Alias("Around"), ResponseTimeout("00:00:01")]
    Task<string> Around(IChainGrain other, bool allowReentrancy);

    [Alias("CallBack")]
    Task<string> CallBack(IChainGrain origin);

    [Alias("Name")]
    Task<string> Name();

    /// <summary>A reference to itself, made from <c>this</c>.</summary>
    [Alias("Self")]
    Task<IChainGrain> Self();
}

public sealed class ChainGrain : Grain, IChainGrain
{
    public async Task<string> Around(IChainGrain other, bool allowReentrancy)
    {
        if (!allowReentrancy)
        {
            return await other.CallBack(this.AsReference<IChainGrain>());
        }
        using var section = RequestContext.AllowCallChainReentrancy();
        return await other.CallBack(this.AsReference<IChainGrain>());
    }

    public Task<string> CallBack(IChainGrain origin) => origin.Name();

    public Task<string> Name() => Task.FromResult(this.GetPrimaryKeyString());

    public Task<IChainGrain> Self() => Task.FromResult(this.AsReference<IChainGrain>());
}

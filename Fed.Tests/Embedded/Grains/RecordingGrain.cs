using Orleans;

namespace Fed.Tests.Embedded.Grains;

/// <summary>Records when calls begin and end.</summary>
[Alias("test.recording")]
public interface IRecordingGrain : IGrainWithStringKey
{
    /// <summary>Records the number before and after an await.</summary>
    [Alias("Add")]
    Task Add(int number);

    [Alias("All")]
    Task<List<int>> All();
}

public sealed class RecordingGrain : Grain, IRecordingGrain
{
    private readonly List<int> _numbers = [];

    public async Task Add(int number)
    {
        _numbers.Add(number);
        await Task.Yield();
        _numbers.Add(number);
    }

    public Task<List<int>> All() => Task.FromResult(_numbers);
}

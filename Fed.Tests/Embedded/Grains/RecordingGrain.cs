using Orleans;

namespace Fed.Tests.Embedded.Grains;

/// <summary>Keeps what it got, in order.</summary>
[Alias("test.recording")]
public interface IRecordingGrain : IGrainWithStringKey
{
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
        await Task.Yield();
        _numbers.Add(number);
    }

    public Task<List<int>> All() => Task.FromResult(_numbers);
}

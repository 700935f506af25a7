using Fed.Tests.Embedded.Grains;
using Fed.Tests.Embedded.Runtime;

namespace Fed.Tests.Embedded;

/// <summary>Stateless workers: several activations of one key, up to a limit.</summary>
[Collection(SiloCollection.Name)]
public sealed class StatelessWorkerTests(SiloFixture silo)
{
    private readonly string _key = SiloFixture.NewKey();

    [Fact]
    public async Task StatelessWorker_CallsWhileBusy_RunOnFurtherActivations()
    {
        var grain = silo.Grains.GetGrain<IWorkerGrain>(_key);
        var calls = Enumerable.Range(0, 3).Select(i => grain.Hold($"{_key}{i}")).ToArray();
        for (var i = 0; i < 3; i++)
        {
            await silo.Signals.Wait($"{_key}{i}:in");
        }

        Release(3);
        Assert.Equal(3, (await Task.WhenAll(calls)).Distinct().Count());
    }

    [Fact]
    public async Task StatelessWorker_MoreCallsThanItsLimit_Queue()
    {
        var grain = silo.Grains.GetGrain<IWorkerGrain>(_key);
        var calls = Enumerable.Range(0, 9).Select(i => grain.Hold($"{_key}{i}")).ToArray();
        await silo.Signals.Wait($"{_key}:in#3");

        Release(9);
        Assert.Equal(3, (await Task.WhenAll(calls)).Distinct().Count());
    }

    [Fact]
    public async Task StatelessWorker_CalledOneAfterTheOther_KeepsOneActivation()
    {
        var grain = silo.Grains.GetGrain<IWorkerGrain>(_key);
        Release(5);
        var ids = new HashSet<Guid>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await grain.Hold($"{_key}{i}"));
        }

        // A call may come before the last one is quite put away, so one more is allowed.
        Assert.InRange(ids.Count, 1, 2);
    }

    private void Release(int count)
    {
        for (var i = 0; i < count; i++)
        {
            silo.Signals.Set($"{_key}{i}:go");
        }
    }
}

using Fed.Embedded.Calls;

namespace Fed.Embedded.Activations;

/// <summary>The calls that wait for an activation, in order of arrival. Its owner's lock guards it.</summary>
internal sealed class RequestQueue
{
    private GrainCall?[] _calls = new GrainCall?[4];
    private int _head;

    public int Count { get; private set; }

    /// <summary>How many of them might run beside another call.</summary>
    public int InterleavingCount { get; private set; }

    public GrainCall this[int index] => _calls[(_head + index) & (_calls.Length - 1)]!;

    public void Add(GrainCall call)
    {
        if (Count == _calls.Length)
        {
            Grow();
        }
        _calls[(_head + Count++) & (_calls.Length - 1)] = call;
        InterleavingCount += call.MayInterleaveSometimes ? 1 : 0;
    }

    /// <summary>Takes one out; those before it move up, which costs nothing at the head.</summary>
    public GrainCall RemoveAt(int index)
    {
        var mask = _calls.Length - 1;
        var call = this[index];
        for (var i = index; i > 0; i--)
        {
            _calls[(_head + i) & mask] = _calls[(_head + i - 1) & mask];
        }
        _calls[_head] = null;
        _head = (_head + 1) & mask;
        Count--;
        InterleavingCount -= call.MayInterleaveSometimes ? 1 : 0;
        return call;
    }

    private void Grow()
    {
        var larger = new GrainCall?[_calls.Length * 2];
        for (var i = 0; i < Count; i++)
        {
            larger[i] = this[i];
        }
        _calls = larger;
        _head = 0;
    }
}

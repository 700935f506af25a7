using Fed.Contracts.Refusals;
using Fed.Contracts.Versions;

namespace Fed.Grains.Global;

/// <summary>A rollback that waits for the work under way to end, and who waits for it.</summary>
internal sealed class RollbackOrder(RollbackRequest request)
{
    // Who waits goes on in this grain's turns; nothing needs the pool in between.
    private readonly TaskCompletionSource _done = new();
    private bool _withdrawn;

    public Task Done => _done.Task;

    /// <summary>Nobody waits for it any more: it is not carried out.</summary>
    public void Withdraw() => _withdrawn = true;

    /// <summary>
    /// Whatever comes of it is told to who waits. A failure that is no refusal is thrown too: it may have left work to
    /// be finished before anything else is done.
    /// </summary>
    public async Task CarryOutAsync(Func<RollbackRequest, Task> rollBack)
    {
        if (_withdrawn)
            return;
        try
        {
            await rollBack(request);
            _done.SetResult();
        }
        catch (RefusedException refused)
        {
            _done.SetException(refused);
        }
        catch (Exception error)
        {
            _done.SetException(error);
            throw;
        }
    }
}

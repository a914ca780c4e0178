using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Explorer.Planes;

/// <summary>An array that is open as long as anybody uses it. Safe for concurrent use.</summary>
internal sealed class OpenArray(IVolumeReader reader, IStore store)
{
    // One for the cache that opened it.
    private int _users = 1;

    public IVolumeReader Reader => reader;

    /// <summary>False when it is closed already.</summary>
    public bool TryUse()
    {
        for (var users = Volatile.Read(ref _users); users > 0;)
        {
            var found = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (found == users)
                return true;
            users = found;
        }

        return false;
    }

    public async ValueTask LeaveAsync()
    {
        if (Interlocked.Decrement(ref _users) > 0)
            return;
        await reader.DisposeAsync();
        await store.DisposeAsync();
    }
}

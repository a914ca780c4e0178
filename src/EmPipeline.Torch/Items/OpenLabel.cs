using EmPipeline.Volumes;

namespace EmPipeline.Torch.Items;

/// <summary>One resolution of one label, at the place where it lies beside its image. Owns its reader and the store below.</summary>
internal sealed record OpenLabel(IVolumeReader Reader, VoxelGrid Grid, LabelMeaning Meaning, IAsyncDisposable? Store) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await Reader.DisposeAsync();
        if (Store is not null)
            await Store.DisposeAsync();
    }
}

using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Chunks;

/// <summary>A reader whose voxels lie in many objects of a store, so that a part of the volume can be copied without the rest.</summary>
public interface IObjectsOfBox
{
    /// <summary>The keys, in the store that was opened, of all objects that may hold voxels of a box; one that is absent there holds fill values only.</summary>
    /// <param name="box">In the array's own axes.</param>
    IEnumerable<string> ObjectsOf(Box box);
}

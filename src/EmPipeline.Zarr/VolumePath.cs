using EmPipeline.Storage;

namespace EmPipeline.Zarr;

/// <summary>Where a file or folder lies: a store and the key of the file, or the key prefix (no trailing slash) of the folder.</summary>
/// <param name="Store">Not owned: whoever made it disposes it, after the readers.</param>
/// <param name="Key">"" for the store's root.</param>
public readonly record struct VolumePath(IStore Store, string Key)
{
    /// <summary>What the keys of all files below this folder begin with.</summary>
    public string Prefix => Key.Length == 0 ? "" : Key + "/";

    /// <summary>The key of something below this folder.</summary>
    public string Child(string name) => Key.Length == 0 ? name : name.Length == 0 ? Key : $"{Key}/{name}";

    public VolumePath Below(string name) => this with { Key = Child(name) };

    /// <summary>The place as a person would write it.</summary>
    public override string ToString() => Store.Locate(Key);
}

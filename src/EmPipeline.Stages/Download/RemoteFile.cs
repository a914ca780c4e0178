using EmPipeline.Storage;

namespace EmPipeline.Stages.Download;

/// <summary>One object to fetch.</summary>
/// <param name="Key">Its path below the raw folder.</param>
/// <param name="Url">Its address in the configuration's terms, not the mirror's.</param>
/// <param name="Store">Not owned.</param>
/// <param name="StoreKey">Its key there.</param>
/// <param name="Known">What a listing told of it.</param>
/// <param name="Optional">Whether the source may lack it: a chunk of nothing but fill values, a metadata file.</param>
internal sealed record RemoteFile(string Key, string Url, IStore Store, string StoreKey, ExpectedFile? Known = null, bool Optional = false);

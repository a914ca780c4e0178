using EmPipeline.Storage;

namespace EmPipeline.Train;

/// <summary>How a catalogue at an address is read: with the region, endpoint and credentials that the environment names, as Publish wrote it.</summary>
internal static class TrainRemote
{
    public static RemoteOptions Options => new() { Stores = new StoreOptions { S3 = S3StoreOptions.FromEnvironment() } };
}

namespace EmPipeline.Storage;

/// <summary>
/// A store refused, did not answer, or answered with something else than was asked for, or this machine could not keep what came.
/// The message names the address, what came back and, where requests were repeated, how often and for how long. Absence is not an
/// exception for an <see cref="IStore"/>; it is one for whoever was told that the object exists.
/// </summary>
public sealed class StorageException(string place, string problem, Exception? inner = null, StorageFault fault = StorageFault.Source)
    : IOException($"{place}: {problem}", inner)
{
    /// <summary>Path or URL.</summary>
    public string Place { get; } = place;

    public StorageFault Fault { get; } = fault;
}

namespace EmPipeline.Storage;

/// <summary>A store that can hand over an object as it arrives, and hold a reader to one version of it.</summary>
internal interface IStreamStore : IStore
{
    /// <summary>
    /// Opens bytes from <paramref name="offset"/> on: <paramref name="length"/> of them, or fewer where the object ends, or all up to its end.
    /// Repeats failed requests; what fails afterwards, in the body, is the reader's to repeat.
    /// </summary>
    /// <param name="ifMatch">The ETag that the object must still have, where it is known.</param>
    /// <returns>Null when there is no such object.</returns>
    /// <exception cref="ObjectChangedException">The object has another ETag now.</exception>
    ValueTask<ObjectPart?> OpenAsync(string key, long offset, long? length, string? ifMatch, CancellationToken cancellation = default);

    /// <summary>As <see cref="IStore.ReadAsync"/>, of the version that has this ETag, where it is known.</summary>
    /// <exception cref="ObjectChangedException">The object has another ETag now.</exception>
    ValueTask<bool> ReadAsync(string key, long offset, Memory<byte> buffer, string? ifMatch, CancellationToken cancellation = default);

    /// <summary>The whole of a small object in one request, its size known beforehand or not; null when it does not exist.</summary>
    /// <exception cref="InvalidDataException">It is larger than <paramref name="maximum"/>.</exception>
    ValueTask<byte[]?> ReadAllAsync(string key, long maximum, CancellationToken cancellation = default);

    /// <summary>What is asked of its server at a time; null where there is none.</summary>
    HostLoad? Load => null;
}

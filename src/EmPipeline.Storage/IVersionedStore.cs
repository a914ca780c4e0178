namespace EmPipeline.Storage;

/// <summary>
/// A store over a network, in which a request costs more than the bytes that it brings: read few, long ranges, many at a time. A reader is held to one
/// version of each object.
/// </summary>
public interface IVersionedStore : IStore
{
    /// <summary>Fills the whole of <paramref name="buffer"/> from <paramref name="offset"/> of just this version of an object.</summary>
    /// <param name="version">What <see cref="IStore.FindAsync"/> told of it.</param>
    /// <exception cref="StorageException">The object is gone (<see cref="StorageFault.Absent"/>) or another one now (<see cref="StorageFault.Content"/>).</exception>
    /// <exception cref="EndOfStreamException">The object ends before the buffer is full.</exception>
    ValueTask ReadAsync(StoredObject version, long offset, Memory<byte> buffer, CancellationToken cancellation = default);
}

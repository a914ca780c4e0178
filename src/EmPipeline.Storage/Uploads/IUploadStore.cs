namespace EmPipeline.Storage;

/// <summary>
/// A place that objects are put into: a bucket, a folder. An object is there whole or not at all. Requests that fail are made again, and one whose answer
/// was lost counts as done when what it should have put is there. Safe for concurrent use, but for two writers of one key.
/// </summary>
public interface IUploadStore : IAsyncDisposable
{
    /// <summary>The place of <paramref name="key"/> as a person would write it, for messages.</summary>
    string Locate(string key);

    /// <summary>Every object whose key starts with <paramref name="prefix"/>, in ordinal key order, in bounded memory.</summary>
    IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation);

    /// <summary>What the store says of one object and its content; null when there is none.</summary>
    ValueTask<StoredContent?> FindAsync(string key, CancellationToken cancellation);

    /// <summary>The whole of a small object; null when there is none.</summary>
    ValueTask<byte[]?> ReadAsync(string key, CancellationToken cancellation);

    /// <summary>Puts an object, and its checksum with it.</summary>
    /// <returns>Its version.</returns>
    /// <exception cref="StorageException">Refused; or the condition does not hold: <see cref="StorageFault.Conflict"/>.</exception>
    ValueTask<string?> PutAsync(string key, ReadOnlyMemory<byte> bytes, UploadCondition? condition, CancellationToken cancellation);

    /// <summary>Begins an object that is sent in parts; it is there when it is completed.</summary>
    ValueTask<UnfinishedUpload> BeginAsync(string key, CancellationToken cancellation);

    /// <summary>Puts one part, and its checksum with it; the same part again replaces it.</summary>
    ValueTask<UploadedPart> PutPartAsync(UnfinishedUpload upload, int number, long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>Makes an object of its parts.</summary>
    /// <param name="parts">All of them, from number 1 on.</param>
    /// <returns>Its version.</returns>
    /// <exception cref="StorageException">As for <see cref="PutAsync"/>.</exception>
    ValueTask<string?> CompleteAsync(UnfinishedUpload upload, IReadOnlyList<UploadedPart> parts, UploadCondition? condition, CancellationToken cancellation);

    /// <summary>Removes what was sent of an object that will not be completed.</summary>
    ValueTask AbortAsync(UnfinishedUpload upload, CancellationToken cancellation);

    /// <summary>What was begun and neither completed nor aborted.</summary>
    IAsyncEnumerable<UnfinishedUpload> ListUnfinishedAsync(CancellationToken cancellation);

    /// <summary>The parts that are there, by number.</summary>
    ValueTask<IReadOnlyList<UploadedPart>> ListPartsAsync(UnfinishedUpload upload, CancellationToken cancellation);

    /// <summary>Removes objects; one that is not there counts as removed.</summary>
    ValueTask DeleteAsync(IReadOnlyList<string> keys, CancellationToken cancellation);
}

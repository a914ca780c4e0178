namespace EmPipeline.Storage;

/// <summary>What kind of answer a <see cref="StorageException"/> is, and so who has to act on it.</summary>
public enum StorageFault
{
    /// <summary>The place did not answer, refused, or broke off.</summary>
    Source,

    /// <summary>There is no such object where there should be one.</summary>
    Absent,

    /// <summary>The bytes that came are not the bytes that were expected (length, checksum, ETag).</summary>
    Content,

    /// <summary>The address itself cannot be used: unknown scheme, a key that leaves its root.</summary>
    Address,

    /// <summary>This machine refused: disk full, no permission.</summary>
    Machine,

    /// <summary>Somebody else has written there meanwhile, or is at it.</summary>
    Conflict,
}

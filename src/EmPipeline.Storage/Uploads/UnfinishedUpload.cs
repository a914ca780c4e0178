namespace EmPipeline.Storage;

/// <summary>An object that is being sent in parts.</summary>
/// <param name="Id">The store's name for it.</param>
/// <param name="Begun">When, where the store says so.</param>
public sealed record UnfinishedUpload(string Key, string Id, DateTimeOffset? Begun = null);

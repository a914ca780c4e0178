namespace EmPipeline.Storage;

/// <summary>
/// A store refused, did not answer, or answered with something else than was asked for. The message names the address, what came
/// back and, where requests were repeated, how often. Absence is not an exception (see <see cref="IStore"/>).
/// </summary>
public sealed class StorageException(string place, string problem, Exception? inner = null) : IOException($"{place}: {problem}", inner)
{
    /// <summary>Path or URL.</summary>
    public string Place { get; } = place;
}

namespace EmPipeline.Explorer.Requests;

/// <summary>A request that cannot be answered as it is.</summary>
/// <param name="status">The HTTP status.</param>
internal sealed class RefusedException(int status, string message) : Exception(message)
{
    public int Status => status;

    public static RefusedException NotFound(string what) => new(404, $"{what}: not here.");

    public static RefusedException Wrong(string message) => new(400, message);
}

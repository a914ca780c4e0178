namespace EmPipeline.Stages;

/// <summary>A number of things, in words.</summary>
public static class Counted
{
    /// <summary>"1 file", "2 files".</summary>
    public static string Of(long count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";
}

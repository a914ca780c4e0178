namespace EmPipeline.Build.Logging;

/// <summary>Shows progress while the build runs. MSBuild calls it from one thread at a time.</summary>
internal interface IProgressView : IDisposable
{
    void Update(StageEvent stage);

    void Write(string line, ConsoleColor? colour = null);

    /// <summary>Says once more, below the closing table, what went wrong, where it would have been scrolled away. Called last.</summary>
    void PrintProblems();
}

using EmPipeline.Stages.Download;

namespace EmPipeline.Stages.Verify;

/// <summary>
/// What Verify depends on outside the pipeline's folders: when files used in place were last written to. A time decides nothing but to
/// read a file again; whether the stages after it run follows from its content.
/// </summary>
internal static class VerifyInputs
{
    public static IEnumerable<(string Name, string? Value)> Of(DatasetDefinition dataset)
    {
        yield return ("writtenTo", LocalFiles.Of(dataset)?.Summary(withTimes: true));
    }
}

using EmPipeline.Stages.Download;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Verify;

/// <summary>
/// What Verify depends on outside the pipeline's folders: when files used in place were last written to. A time decides nothing but to
/// read a file again; whether the stages after it run follows from its content.
/// </summary>
internal static class VerifyInputs
{
    private const string WrittenTo = "writtenTo";

    public static IEnumerable<(string Name, string? Value)> Of(DatasetDefinition dataset, DataFolder data)
    {
        yield return (WrittenTo, LocalFiles.Of(dataset)?.Summary(withTimes: true));
    }

    /// <summary>Holds files used in place to what they were when Verify read them: whoever reads them now would read something else.</summary>
    /// <exception cref="EmException">They were written to since.</exception>
    public static void Check(StageContext context, Ledger verify)
    {
        if (!Hold(context, verify))
            throw EmException.Unavailable(context.Dataset.Source.Address, "got files that were written to meanwhile, expected those that Verify read. Run again once they stay.");
    }

    /// <summary>Whether they are.</summary>
    public static bool Hold(StageContext context, Ledger verify) =>
        LocalFiles.Of(context.Definition)?.Summary(withTimes: true) is not { } now || now == (string?)verify.Inputs[WrittenTo];
}

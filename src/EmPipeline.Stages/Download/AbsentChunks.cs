namespace EmPipeline.Stages.Download;

/// <summary>Says how many chunks a source does not have. That is allowed, they hold fill values; but it is what a mistake looks like too.</summary>
internal static class AbsentChunks
{
    /// <returns>For the closing table; null when all are there.</returns>
    public static string? Note(StageContext context, long wanted, long found)
    {
        if (found == 0)
            context.Warn($"{context.Dataset.Place}.source: got none of {wanted} chunks from {context.Dataset.Source.Address}, expected some: the volume will be nothing but fill values. Check that the upload is whole.");
        return found == wanted ? null : $"{wanted - found} of {wanted} chunks are not there and hold fill values";
    }
}

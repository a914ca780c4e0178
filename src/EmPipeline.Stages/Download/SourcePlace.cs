using EmPipeline.Stages.Configuration;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Download;

/// <summary>Keeps a source on this machine apart from the folders that the pipeline writes, replaces and clears.</summary>
internal static class SourcePlace
{
    /// <summary>Links are followed on both sides, so that no way round leads from one to the other.</summary>
    /// <exception cref="EmException">The source lies in one of the pipeline's folders, or is a folder that one of them lies in.</exception>
    public static void Check(DatasetConfig dataset, DataFolder data)
    {
        if (LocalPath(dataset.Source) is not { } address)
            return;
        var source = RealPath.Of(address);
        // A single file, or some files of a folder, have nothing to do with what else lies there.
        var isFolder = Directory.Exists(source);
        foreach (var folder in data.Own)
        {
            var own = RealPath.Of(folder);
            if (RealPath.IsWithin(source, own))
                throw Refused(dataset, address, $"a place in {folder}, which is the pipeline's own: it replaces and clears what lies there");
            if (isFolder && RealPath.IsWithin(own, source))
                throw Refused(dataset, address, $"a folder that holds {folder}, which is the pipeline's own: it would read what it writes");
        }
    }

    private static string? LocalPath(SourceConfig source) => source.Kind switch
    {
        SourceKind.File => source.Address,
        SourceKind.Precomputed when Uri.TryCreate(source.Address, UriKind.Absolute, out var uri) && uri.IsFile => uri.LocalPath,
        _ => null,
    };

    private static EmException Refused(DatasetConfig dataset, string address, string got) => new(
        Fault.Configuration, $"{dataset.Place}.source: {address}: got {got}, expected a place outside it. Move the files elsewhere, or name another data folder (--data).");
}

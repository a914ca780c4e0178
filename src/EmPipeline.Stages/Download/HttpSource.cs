using EmPipeline.Stages.Configuration;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Download;

/// <summary>One file, or a run of numbered files, from a web server.</summary>
internal static class HttpSource
{
    private const int FilesAtATime = 8;

    public static async Task<FetchedVolume> FetchAsync(StageContext context, Fetcher fetcher, SourceStores stores, CancellationToken cancellation)
    {
        IReadOnlyList<string> addresses;
        try
        {
            addresses = AddressPattern.Expand(context.Dataset.Source.Address);
        }
        catch (FormatException e)
        {
            throw new EmException(Fault.Configuration, $"datasets.{context.Dataset.Name}.source.http: {e.Message}.");
        }

        var place = $"datasets.{context.Dataset.Name}.source.http";
        var uris = addresses.Select(address => new Uri(address)).ToList();
        if (uris.FirstOrDefault(uri => uri.AbsolutePath.EndsWith('/')) is { } folder)
            throw new EmException(Fault.Configuration, $"{place}: got the folder {folder.AbsoluteUri}, expected the address of a file, or of files with a run of numbers such as {{0000..0015}}.");
        var files = TargetNames.Of(uris, place).Zip(uris, stores.File).ToList();
        var objects = await fetcher.FetchAsync(files, FilesAtATime, cancellation);
        return new FetchedVolume(objects) { Open = files.Count == 1 ? files[0].Key : "" };
    }
}

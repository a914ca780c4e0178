using EmPipeline.Stages.Configuration;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Registries;

/// <summary>
/// Arrays of an OpenOrganelle dataset, found by listing its bucket folder by folder: the portal's own database asks for a key, the bucket for none.
/// Images lie in <c>NAME.zarr/recon-N/em</c> and <c>NAME.n5/em</c>.
/// </summary>
internal static class OpenOrganelleArrays
{
    private static readonly Uri Bucket = new("s3://janelia-cosem-datasets/");

    public static async Task<ResolvedSource> ResolveAsync(RegistryClient client, SourceConfig source, string place, CancellationToken cancellation)
    {
        var array = source.Part!.Trim('/');
        var found = array.Contains('/', StringComparison.Ordinal)
            ? await BelowAsync(client, source.Address, array, cancellation)
            : (await ImagesAsync(client, source.Address, place, cancellation)).FirstOrDefault(path => path.EndsWith("/" + array, StringComparison.Ordinal));
        if (found is null)
        {
            var there = await ImagesAsync(client, source.Address, place, cancellation);
            throw new EmException(Fault.Configuration, $"{place}.array: got '{array}', expected one of {string.Join(", ", there)}, or another path such as recon-2/labels/inference/segmentations/nuc.");
        }

        var address = $"{Bucket}{source.Address}/{found}";
        return new ResolvedSource(SourceKind.S3, [address], source.Level ?? await FinestLevel.FindAsync(client, new Uri(address + "/"), cancellation));
    }

    /// <summary>The images of a dataset, as paths below its folder: Zarr before N5, the latest reconstruction first.</summary>
    /// <exception cref="EmException">There is no such dataset.</exception>
    public static async Task<IReadOnlyList<string>> ImagesAsync(RegistryClient client, string dataset, string place, CancellationToken cancellation)
    {
        var images = new List<string>();
        foreach (var container in await ContainersAsync(client, dataset, cancellation))
        {
            var within = await FoldersAsync(client, $"{dataset}/{container}/", cancellation);
            var reconstructions = within.Where(name => name.StartsWith("recon-", StringComparison.Ordinal)).OrderByDescending(name => name.Length).ThenByDescending(name => name, StringComparer.Ordinal);
            foreach (var group in reconstructions.Select(name => name + "/em").Concat(within.Where(name => name == "em")))
                images.AddRange((await FoldersAsync(client, $"{dataset}/{container}/{group}/", cancellation)).Order(StringComparer.Ordinal).Select(name => $"{container}/{group}/{name}"));
        }

        return images.Count > 0
            ? images
            : throw EmException.Unavailable($"{place}: {Bucket}{dataset}", "got no images there, expected a dataset's Zarr or N5 container. Check the name: https://openorganelle.janelia.org lists them.");
    }

    private static async Task<string?> BelowAsync(RegistryClient client, string dataset, string array, CancellationToken cancellation)
    {
        foreach (var container in await ContainersAsync(client, dataset, cancellation))
        {
            var path = array.StartsWith(container + "/", StringComparison.Ordinal) ? array : $"{container}/{array}";
            if ((await FoldersAsync(client, $"{dataset}/{path}/", cancellation)).Count > 0)
                return path;
        }

        return null;
    }

    private static async Task<IReadOnlyList<string>> ContainersAsync(RegistryClient client, string dataset, CancellationToken cancellation) =>
        (await FoldersAsync(client, dataset + "/", cancellation)).Where(name => name.EndsWith(".zarr", StringComparison.Ordinal) || name.EndsWith(".n5", StringComparison.Ordinal))
            .OrderByDescending(name => name.EndsWith(".zarr", StringComparison.Ordinal)).ThenBy(name => name, StringComparer.Ordinal).ToList();

    private static async Task<List<string>> FoldersAsync(RegistryClient client, string prefix, CancellationToken cancellation)
    {
        try
        {
            return await ((S3Store)client.Open(Bucket)).FoldersAsync(prefix, cancellation).ToListAsync(cancellation);
        }
        catch (StorageException e) when (e.Fault != StorageFault.Machine)
        {
            throw new EmException(Fault.Source, e.Message, e);
        }
    }
}

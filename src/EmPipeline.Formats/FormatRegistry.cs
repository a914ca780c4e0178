using System.Runtime.CompilerServices;
using EmPipeline.Formats.Attributes;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats;

/// <summary>Every format there is, in the order in which they are asked whether a path is theirs.</summary>
public static class FormatRegistry
{
    private const int HeadLength = 4096;

    public static IReadOnlyList<IFormat> All { get; } =
    [
        new Tiff.TiffFormat(),
        new Dm.DmFormat(),
        new Mrc.MrcFormat(),
        new Hdf5.Hdf5Format(),
        new Zarr.ZarrFormat(),
        new Zarr.ZarrV2Format(),
        new N5.N5Format(),
        new Precomputed.PrecomputedFormat(),
        // Last: it takes any folder with images in it, and a Zarr or N5 folder may hold a preview.
        new ImageStack.ImageStackFormat(),
    ];

    /// <summary>The format of this name, or null.</summary>
    public static IFormat? Find(string name) => All.FirstOrDefault(format => format.Name == name);

    /// <summary>Opens a path with the format that recognises it, or with the one named.</summary>
    /// <exception cref="EmException">Nothing is there, or no format knows it.</exception>
    public static async ValueTask<IReadOnlyList<IVolumeReader>> OpenAsync(
        VolumePath path, string? formatName = null, CancellationToken cancellation = default)
    {
        var probe = await ProbeAsync(path, cancellation);
        return CompressedFile.Recognises(probe.Head.Span)
            ? await CompressedFile.OpenAsync(path, probe.Head, async inner => await OpenAsync(await ProbeAsync(inner, cancellation), formatName, cancellation), cancellation)
            : await OpenAsync(probe, formatName, cancellation);
    }

    private static async ValueTask<IReadOnlyList<IVolumeReader>> OpenAsync(VolumeProbe probe, string? formatName, CancellationToken cancellation)
    {
        var path = probe.Path;
        if (formatName is not null)
        {
            var named = Find(formatName) ?? throw new EmException(
                Fault.Configuration, $"format: got '{formatName}', expected one of {string.Join(", ", All.Select(format => format.Name))}.");
            return await named.OpenAsync(path, cancellation);
        }

        foreach (var format in All)
        {
            if (await format.RecognisesAsync(probe, cancellation))
                return await format.OpenAsync(path, cancellation);
        }

        throw EmException.Unsupported(path.ToString(), "this kind of " + (probe.IsFile ? "file" : "folder"));
    }

    /// <summary>Everything that one file states (<see cref="IFormat.AttributesAsync"/>), by the format that recognises it; of a compressed file, what is inside.</summary>
    /// <exception cref="EmException">Nothing is there, no format knows it, or it is damaged.</exception>
    public static async IAsyncEnumerable<StoredAttribute> AttributesAsync(VolumePath file, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var probe = await ProbeAsync(file, cancellation);
        if (CompressedFile.Recognises(probe.Head.Span))
        {
            foreach (var attribute in await CompressedFile.ReadAsync(file, probe.Head, async inner => await AttributesAsync(inner, cancellation).ToListAsync(cancellation), cancellation))
                yield return attribute;
            yield break;
        }

        foreach (var format in All)
        {
            if (!await format.RecognisesAsync(probe, cancellation))
                continue;
            await foreach (var attribute in format.AttributesAsync(file, cancellation))
                yield return attribute;
            yield break;
        }

        throw EmException.Unsupported(file.ToString(), "this kind of file");
    }

    private static async ValueTask<VolumeProbe> ProbeAsync(VolumePath path, CancellationToken cancellation)
    {
        if (await path.Store.FindAsync(path.Key, cancellation) is not { } found)
            return new VolumeProbe(path, IsFile: false, ReadOnlyMemory<byte>.Empty);
        var head = new byte[Math.Min(HeadLength, found.Length)];
        await path.Store.ReadAsync(path.Key, 0, head, cancellation);
        return new VolumeProbe(path, IsFile: true, head);
    }
}

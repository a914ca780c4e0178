using System.Runtime.ExceptionServices;
using EmPipeline.Demo.Mirroring;
using EmPipeline.Demo.Replicas;
using EmPipeline.Demo.Texture;

namespace EmPipeline.Demo;

/// <summary>Writes the replicas of the five sources below one folder: http/HOST/PATH and s3/BUCKET/KEY.</summary>
internal static class MirrorGenerator
{
    /// <summary>Changed whenever any byte of the mirror changes, so that older mirrors are made again.</summary>
    public const int Version = 4;

    private const uint Seed = 20250722;

    /// <summary>Makes the mirror in <paramref name="folder"/> unless it is there, whole and of this version.</summary>
    /// <returns>The stamp, and whether anything was written.</returns>
    public static (MirrorStamp Stamp, bool Written) Generate(string folder)
    {
        if (MirrorStamp.Read(folder) is { Version: Version } present && present.Matches(folder))
            return (present, false);
        Clear(folder);

        var tissue = new EmTexture(depth: 128, height: 512, width: 512, Seed);
        var mirror = new MirrorFolder(folder);
        // The largest first: it is the one that uses all cores.
        Action<EmTexture, MirrorFolder>[] replicas =
        [
            Hemibrain.Write, HemibrainLabels.Write, OpenOrganelleNacc2.Write, EpflHippocampus.Write, Empiar11759.Write, Idr9846137.Write,
        ];
        try
        {
            Parallel.ForEach(replicas, write => write(tissue, mirror));
        }
        catch (AggregateException e)
        {
            // A full disk fails several at once; the first says it all.
            ExceptionDispatchInfo.Throw(e.Flatten().InnerExceptions[0]);
        }

        var stamp = new MirrorStamp(Version, new SortedDictionary<string, MirrorFile>(mirror.Files.ToDictionary(), StringComparer.Ordinal));
        stamp.Write(folder);
        return (stamp, true);
    }

    // The stamp goes first, so that a mirror half removed is not taken for one.
    private static void Clear(string folder)
    {
        Directory.CreateDirectory(folder);
        File.Delete(Path.Combine(folder, MirrorStamp.FileName));
        foreach (var part in new[] { "http", "s3" })
        {
            var path = Path.Combine(folder, part);
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
        }
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using EmPipeline.Storage;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Zarr;

/// <summary>
/// The groups between an image and its labels: <c>labels</c>, which lists the finished ones (OME-NGFF 0.5), and one an origin. They follow from
/// what is in the folder, so that any number of labels may be finished or removed at once, and killed meanwhile.
/// </summary>
public static class LabelGroups
{
    /// <summary>The name of the folder below the image's group.</summary>
    public const string Folder = "labels";

    private const string GuardName = ".guard";

    /// <summary>Writes the groups anew; removes the list where there is no label.</summary>
    /// <param name="imageFolder">The image's OME-Zarr group.</param>
    /// <returns>The files that were written, which are there when this returns.</returns>
    /// <exception cref="StorageException">The disk refuses.</exception>
    public static IReadOnlyList<string> Write(string imageFolder)
    {
        var root = Path.Combine(Path.GetFullPath(imageFolder), Folder);
        if (!Directory.Exists(root))
            return [];

        // Labels may be finished by several processes at once; who writes alone knows that what a killed one left is nobody's.
        using var turn = ExclusiveFile.AcquireAsync(Path.Combine(root, GuardName), CancellationToken.None, leaveNothing: true).GetAwaiter().GetResult();
        foreach (var leftover in Directory.EnumerateDirectories(root).Prepend(root).SelectMany(Directory.EnumerateFiles).Where(AtomicFile.IsTemporary).ToList())
            File.Delete(leftover);

        // Whoever writes last has looked after its writing, and so has seen every label that was finished before.
        for (var labels = Finished(root); ; labels = Finished(root))
        {
            var files = WriteOnce(root, labels);
            if (Finished(root).SequenceEqual(labels))
                return files;
        }
    }

    private static List<string> WriteOnce(string root, List<string> labels)
    {
        var list = Path.Combine(root, ZarrHierarchy.MetadataName);
        if (labels.Count == 0)
        {
            File.Delete(list);
            return [];
        }

        var files = new List<string>();
        foreach (var origin in labels.Select(label => label[..label.IndexOf('/', StringComparison.Ordinal)]).Distinct())
            Put(Path.Combine(root, origin, ZarrHierarchy.MetadataName), []);
        Put(list, new JsonObject { ["ome"] = new JsonObject { ["version"] = "0.5", ["labels"] = new JsonArray([.. labels.Select(label => (JsonNode)label)]) } });
        return files;

        void Put(string file, JsonObject attributes)
        {
            var bytes = MetadataWriter.Bytes(new JsonObject { ["zarr_format"] = 3, ["node_type"] = "group", ["attributes"] = attributes });
            // Others may be reading it, and its time is worth keeping.
            if (!File.Exists(file) || !File.ReadAllBytes(file).AsSpan().SequenceEqual(bytes))
                AtomicFile.Write(file, bytes);
            files.Add(file);
        }
    }

    /// <summary>"ORIGIN/NAME" of every label whose metadata, which come last, are there; in ordinal order.</summary>
    private static List<string> Finished(string root) => Directory.Exists(root)
        ?
        [
            .. Directory.EnumerateDirectories(root).SelectMany(Directory.EnumerateDirectories).Where(IsFinished)
                .Select(folder => Path.GetRelativePath(root, folder).Replace(Path.DirectorySeparatorChar, '/')).Order(StringComparer.Ordinal),
        ]
        : [];

    private static bool IsFinished(string folder)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(Path.Combine(folder, ZarrHierarchy.MetadataName)))?["attributes"]?["ome"]?["image-label"] is not null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Zarr.V3;

/// <summary>
/// Tells a volume that was made here from a folder that somebody else put there, so that nothing but our own is ever cleared. A finished
/// volume says so in its metadata; one that is being made, and so has none, by a file in its folder, which is there before anything else.
/// </summary>
internal static class VolumeOwnership
{
    private const string Attribute = "empipeline";
    private const string MarkerName = ".empipeline";

    private static ReadOnlySpan<byte> MarkerText => "EmPipeline is making this volume, or was stopped while making it. Everything in this folder may be replaced.\n"u8;

    /// <summary>Takes an empty folder, or one that is ours already.</summary>
    /// <exception cref="EmException">The folder holds something that was not made here.</exception>
    public static void Take(string folder)
    {
        var marker = Path.Combine(folder, MarkerName);
        if (File.Exists(marker))
            return;
        if (Directory.EnumerateFileSystemEntries(folder).FirstOrDefault(entry => !AtomicFile.IsTemporary(entry)) is { } entry && !IsMarked(Path.Combine(folder, ZarrHierarchy.MetadataName)))
        {
            throw new EmException(
                Fault.Configuration,
                $"{folder}: got a folder with {Path.GetFileName(entry)} in it that bears no mark of having been made here, expected an empty folder or an earlier result. Move it elsewhere; or, if it is an earlier version's result, delete it.");
        }

        AtomicFile.Write(marker, MarkerText);
    }

    /// <summary>Whether the folder is a volume that was made here, or was being made.</summary>
    public static bool IsOurs(string folder) => File.Exists(Path.Combine(folder, MarkerName)) || IsMarked(Path.Combine(folder, ZarrHierarchy.MetadataName));

    /// <summary>Marks the metadata of a volume.</summary>
    public static void Mark(JsonObject group, int version) => group["attributes"]![Attribute] = new JsonObject { ["version"] = version };

    /// <summary>Ends the making: the metadata, durable by now, bears the mark.</summary>
    public static void Finish(string folder) => File.Delete(Path.Combine(folder, MarkerName));

    private static bool IsMarked(string metadata)
    {
        try
        {
            return File.Exists(metadata) && JsonNode.Parse(File.ReadAllBytes(metadata))?["attributes"]?[Attribute] is JsonObject;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}

namespace EmPipeline.Stages.Download;

/// <summary>What Download leaves for the stages after it.</summary>
/// <param name="Root">The folder of the raw files: relative to the data folder, or absolute for files used in place.</param>
/// <param name="Open">The file or folder below it that holds the volume; "" for the root itself.</param>
/// <param name="Crop">The part that is used; null for all.</param>
/// <param name="Registry">What registries answered.</param>
public sealed record DownloadResult(string Root, string Open, ChosenCrop? Crop, IReadOnlyList<RegistryDocument> Registry);

/// <summary>One document of a registry.</summary>
/// <param name="Kind">Which parser reads it: idr-imgdata, idr-image, empiar-entry.</param>
/// <param name="Path">Relative to the data folder.</param>
/// <param name="Missing">Why there is no answer; null where there is one.</param>
public sealed record RegistryDocument(string Kind, string Url, string Path, string? Missing = null);

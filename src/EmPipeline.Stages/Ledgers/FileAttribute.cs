namespace EmPipeline.Stages.Ledgers;

/// <summary>One value that a raw file or a registry's answer states, or many sections in the same words. A line of the list beside the ledger.</summary>
/// <param name="File">As the ledger of Download has it; null for what several files state alike.</param>
/// <param name="Part">The page, of a file of several; null for the whole file, and for what all pages state alike.</param>
/// <param name="Count">How many files, or pages, state it.</param>
internal sealed record FileAttribute(
    string? File, string? Part, string Path, string Type, string? Value, string? Unit, long? Length, string? Sha256, long Count);

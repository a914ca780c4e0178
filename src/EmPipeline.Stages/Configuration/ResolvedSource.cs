namespace EmPipeline.Stages.Configuration;

/// <summary>What a registry's source turned out to be: addresses that need no registry. It lands in the lock file.</summary>
/// <param name="Kind">http, s3 or precomputed.</param>
/// <param name="Addresses">Of kind http, those of the files in their order; else the one.</param>
/// <param name="Level">One array or scale below the address; null for the address itself.</param>
public sealed record ResolvedSource(SourceKind Kind, IReadOnlyList<string> Addresses, string? Level = null);

namespace EmPipeline.Demo.Mirroring;

/// <summary>What the stamp records of one file.</summary>
/// <param name="Sha256">Lower-case hex.</param>
internal sealed record MirrorFile(long Bytes, string Sha256);

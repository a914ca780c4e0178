using EmPipeline.Stages.Ledgers;

namespace EmPipeline.Stages.Verify;

/// <summary>What Verify leaves for the stages after it.</summary>
/// <param name="Verified">The raw files as Download lists them, each with the SHA-256 of what is on the disk.</param>
public sealed record VerifyResult(FileList Verified);

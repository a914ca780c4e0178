namespace EmPipeline.Stages.Execution.Slurm;

/// <summary>The controller does not answer, for now; "place: got X".</summary>
public sealed class SlurmAwayException(string message) : Exception(message);

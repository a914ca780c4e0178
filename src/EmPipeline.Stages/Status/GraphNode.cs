namespace EmPipeline.Stages.Status;

/// <summary>A stage of the declared graph and whether it would run.</summary>
/// <param name="Row">What Status says of it; its dataset is "(all)" for the catalogue.</param>
/// <param name="After">The stages that it waits for and no other of these waits for: dataset and stage.</param>
public sealed record GraphNode(StatusRow Row, IReadOnlyList<(string Dataset, string Stage)> After);

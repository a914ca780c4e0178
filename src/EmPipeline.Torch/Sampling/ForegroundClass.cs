namespace EmPipeline.Torch;

/// <summary>One class of the foreground.</summary>
/// <param name="Name">As in <c>label_classes</c>: "mitochondria".</param>
/// <param name="Weight">Against the other classes' weights; above 0.</param>
public sealed record ForegroundClass(string Name, double Weight = 1);

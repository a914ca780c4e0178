namespace EmPipeline.Torch;

/// <summary>A label that samples come with. A name alone will do: <c>Labels = ["mitochondria"]</c>.</summary>
/// <param name="Name">As in the catalogue's <c>label_volumes</c>.</param>
public sealed record LabelChoice(string Name)
{
    /// <summary>"groundtruth" unless set; or "prediction".</summary>
    public string Origin { get; init; } = "groundtruth";

    /// <summary>Whether a dataset may be without it: all of its samples are then unknown. Otherwise that is an error.</summary>
    public bool IsOptional { get; init; }

    /// <summary>
    /// False: labels hold ids as stored. True: they hold classes, 0 background, 1 … the label's classes in the order of <c>label_classes</c>
    /// (<see cref="BlockSource.LabelClasses"/> names them), and -1 wherever nobody looked.
    /// </summary>
    public bool AsClasses { get; init; }

    public static implicit operator LabelChoice(string name) => new(name);

    public override string ToString() => $"{Origin}/{Name}";
}

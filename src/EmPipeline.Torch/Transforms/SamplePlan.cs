namespace EmPipeline.Torch.Transforms;

/// <summary>What <see cref="SampleProgram"/> is to do to one sample. Filled again for the next; not for concurrent use.</summary>
internal sealed class SamplePlan
{
    private Grid[] _shapes = [];
    private int _steps;

    /// <summary>What the numbers of all steps are drawn from.</summary>
    public ulong Key { get; private set; }

    /// <summary>The voxels that are read on each side of what is wanted.</summary>
    public Grid Halo { get; set; }

    /// <summary>What is read, and then what each step leaves.</summary>
    public Span<Grid> Shapes => _shapes.AsSpan(0, _steps + 1);

    public void Begin(ulong key, int steps)
    {
        (Key, _steps) = (key, steps);
        Buffers.Grow(ref _shapes, steps + 1);
    }
}

namespace EmPipeline.Volumes.Rechunk;

/// <summary>What a plan takes, in bytes.</summary>
internal sealed class PlanCost(IReadOnlyList<LevelGrid> levels, int elementSize, int workers)
{
    // What a writer that streams to its file takes beside a few chunks.
    private const long WriterBytes = 512L << 10;
    private readonly LevelGrid _finest = levels[0];

    public int Workers => workers;

    /// <summary>The voxels of a box, as far as the volume goes.</summary>
    public long Voxels(NdIndex box) => NdIndex.Min(box, _finest.Shape).Volume * elementSize;

    /// <summary>All that is in memory at once.</summary>
    /// <param name="box">What one worker takes, or where <paramref name="buffered"/> what is read before it is written.</param>
    /// <param name="unit">What a worker reads at once where the plan streams.</param>
    public long Of(NdIndex box, bool buffered, NdIndex unit = default)
    {
        var part = Voxels(_finest.Part);
        var chunks = WriterBytes + (3 * _finest.Chunk.Volume * elementSize);
        // A part of a larger shard is in memory until those before it are in the file, and as much may wait for its turn.
        var encoded = chunks + (_finest.Part == _finest.Shard ? 0 : 2 * part);
        var parts = NdIndex.Min(NdIndex.CeilingDivide(box, _finest.Part), _finest.PartGrid);
        var own = buffered ? encoded : (parts[2] * encoded) + Voxels(unit);
        var boxes = buffered ? Voxels(box) : 0;
        // Above a box lie as many unfinished parts as it has, and then half, a quarter of them; workers may be in two places.
        var unfinished = 0L;
        foreach (var level in levels.Skip(1))
        {
            var above = NdIndex.Min(NdIndex.CeilingDivide(NdIndex.CeilingDivide(box, level.Scale), level.Part), level.PartGrid);
            unfinished += Math.Min(2 * above.Volume, level.PartGrid.Volume) * NdIndex.Min(level.Part, level.Shape).Volume * elementSize;
        }

        return boxes + (own * workers) + unfinished;
    }
}

namespace EmPipeline.Volumes.Rechunk;

/// <summary>Where goes what the parts of shards say of the sections that they are of. Safe for concurrent use.</summary>
public interface ISectionSink
{
    /// <summary>How it is laid out.</summary>
    SectionGrid Grid { get; }

    /// <summary>Takes what one part says, which follows from its voxels alone: taken twice, it is the same.</summary>
    /// <param name="part">Its position in the finest level's grid of parts.</param>
    /// <param name="records">A record of <see cref="SectionGrid.RecordLength"/> bytes for each section, the first four of each free. Valid during the call.</param>
    void Write(NdIndex part, Span<byte> records);
}

using System.Collections;
using EmPipeline.Volumes.Rechunk;

namespace EmPipeline.Volumes.Sections;

/// <summary>The quality of a volume's sections, from what its parts left (<see cref="ISectionSink"/>).</summary>
public static class SectionSurvey
{
    /// <summary>Reads records that a part left: those of <paramref name="count"/> sections from number <paramref name="first"/> of the part on.</summary>
    public delegate ValueTask ReadRecords(NdIndex part, int first, int count, Memory<byte> records, CancellationToken cancellation);

    /// <summary>Puts all sections together and judges them, by index. Memory is bounded by the size of a section.</summary>
    /// <param name="threads">How many sections are compared at once.</param>
    public static async Task<IReadOnlyList<SectionRecord>> RunAsync(SectionGrid grid, ReadRecords read, int threads, CancellationToken cancellation = default)
    {
        var measures = await SectionMeasures.TakeAsync(grid, read, threads, cancellation);
        var flags = new SectionJudge(measures, grid.Patch).Judge();
        var (low, high) = (measures.Min(section => section.Low), measures.Max(section => section.High));
        return new Described(measures, flags, low, high);
    }

    /// <summary>Takes a part that is in memory as a whole.</summary>
    /// <param name="voxels">Its voxels in the volume, C order.</param>
    /// <param name="fill">The bytes of the fill value.</param>
    public static void Take(ISectionSink sink, NdIndex part, ReadOnlyMemory<byte> voxels, ReadOnlyMemory<byte> fill)
    {
        var level = sink.Grid.Level;
        var valid = level.ValidPart(part);
        var tally = new SectionTally(sink, fill);
        tally.Begin(valid);
        for (var y = 0L; y < valid.Shape[1]; y += level.Chunk[1])
        {
            var row = new Box(valid.Origin + new NdIndex(0, y, 0), new NdIndex(valid.Shape[0], level.Chunk[1], valid.Shape[2])).Intersect(valid);
            tally.Add(new VoxelView(voxels, valid, row, sink.Grid.Type.Size()), 0, y);
        }

        tally.End(part);
    }

    private static SectionRecord Describe(SectionMeasure section, double low, double high, SectionFlags flags)
    {
        var p = section.Percentiles;
        return new SectionRecord(
            section.Index, Known(section.Mean), Known(section.StandardDeviation), Known(p[0]), Known(p[1]), Known(p[2]), Known(p[3]), Known(p[4]), Known(p[5]), Known(p[6]),
            Known(section.BlankShare), Known(section.Low == low ? section.LowShare : 0), Known(section.High == high ? section.HighShare : 0), Known(section.Sharpness),
            Known(section.Motion.Correlation), Known(section.Motion.ShiftY), Known(section.Motion.ShiftX), flags);

        double? Known(double value) => double.IsFinite(value) ? value : null;
    }

    /// <summary>Records take more room than what they are made of: they are made when they are asked for.</summary>
    private sealed class Described(IReadOnlyList<SectionMeasure> measures, IReadOnlyList<SectionFlags> flags, double low, double high) : IReadOnlyList<SectionRecord>
    {
        public int Count => measures.Count;

        public SectionRecord this[int index] => Describe(measures[index], low, high, flags[index]);

        public IEnumerator<SectionRecord> GetEnumerator()
        {
            for (var i = 0; i < Count; i++)
                yield return this[i];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

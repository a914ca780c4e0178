using System.Globalization;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Zarr.Sections;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Zarr.Portions;

/// <summary>
/// <see cref="ZarrRechunk"/> shared among processes that only have a file system in common. One begins the volume and divides it into portions; each portion is
/// made by a run of its own, at any time, in any order, and again where one was killed; the usual run then takes up what they made, makes what
/// is missing, coarser shards across portions among it, and ends the volume. The result is the same bytes.
/// </summary>
public static class PortionedRechunk
{
    internal const string JournalSuffix = ".journal";

    /// <summary>Begins a volume, or goes on with one, and divides what is to be made. No portion of it may be at work.</summary>
    /// <param name="portionBytes">Of a portion's voxels at the finest level.</param>
    /// <param name="most">Portions there may be.</param>
    /// <param name="options">With <see cref="RechunkOptions.PortionsFolder"/>.</param>
    /// <inheritdoc cref="ZarrRechunk.RunAsync"/>
    public static async Task<PortionPlan> BeginAsync(
        IVolumeReader source, Box region, string outputFolder, string tablePath, RechunkOptions options, long portionBytes, int most, CancellationToken cancellation = default)
    {
        var setup = RechunkSetup.Of(source, region, outputFolder, options);
        _ = setup.Plan();
        var begun = await BegunVolume.OpenAsync(setup, tablePath, cancellation);
        using var table = begun.Table;
        using var sections = setup.SectionGrid is { } grid ? SectionTable.Open(options.SectionTablePath!, setup.Key, grid, begun.GoesOn) : null;
        var finished = begun.Finished(setup.Folder, options.PortionsFolder, sections);
        Clear(options);
        var portions = PortionGrid.For(setup.Levels, source.Info, portionBytes, most);
        var toDo = Enumerable.Range(0, portions.Count).Where(number => IsMissing(setup.Levels, portions[number], finished)).Select(number => new PlannedPortion(
            number, portions[number].Voxels.Volume * setup.Type.Size(), PortionJournal.LengthOf(table, setup.SectionGrid, portions[number]))).ToList();
        return new PortionPlan(portions.Shape, portions.Count, toDo);
    }

    /// <summary>Makes one portion of a volume that was begun. Waits while another process is at the same one; one that is done is done at once.</summary>
    /// <param name="shape">Of the portions, as planned.</param>
    /// <param name="number">Which of them.</param>
    /// <inheritdoc cref="ZarrRechunk.RunAsync"/>
    public static async Task RunAsync(
        IVolumeReader source, Box region, string outputFolder, string tablePath, RechunkOptions options, NdIndex shape, int number,
        IProgress<RechunkProgress>? progress = null, CancellationToken cancellation = default)
    {
        var setup = RechunkSetup.Of(source, region, outputFolder, options);
        using var table = ShardTable.Open(tablePath);
        if (table.Key != setup.Key || !table.Levels.SequenceEqual(setup.Levels))
            throw EmException.Corrupt(tablePath, "got the table of another volume, expected that of this portion. Run Rechunk again: it begins the volume anew.");
        var (levels, portion, codec) = (setup.Levels, new PortionGrid(setup.Levels, shape)[number], ShardCodec.Parse(table.Codec));
        var finished = new ShardStates(levels);
        foreach (var level in levels)
        {
            foreach (var (position, state, _, _) in table.States(level, portion.Shards(level.Level)).Where(shard => shard.State != ShardState.Missing))
                finished[level.Level, position] = state;
        }

        var resumed = false;
        var (journal, isDone) = await PortionJournal.OpenToWriteAsync(JournalPath(options, number), table, setup.SectionGrid, Take, cancellation);
        using var held = journal;
        if (isDone)
            return;
        if (resumed)
            RemoveLeftovers(setup.Folder, levels, portion, finished);
        await using var store = new LocalStore(setup.Folder.Root);
        using var sink = new ShardSink(
            setup.Folder, journal, finished, codec, levels, setup.Type.Size(), setup.Readers(store, codec), setup.WaitingBytes, source.Info.IsComputed);
        var engine = new RechunkEngine(
            source, levels, setup.Plan(), setup.Method, setup.Fill, sink, setup.Workers, progress, areNumbers: options.Label is null,
            setup.SectionGrid is null ? null : journal, portion);
        try
        {
            await engine.RunAsync(cancellation);
        }
        finally
        {
            await sink.CompleteAsync();
        }

        journal.Finish();

        void Take(int level, long slotNumber, ReadOnlyMemory<byte> slot)
        {
            resumed = true;
            var (position, state, length, checksum) = table.ReadSlot(level, slotNumber, slot.Span);
            if (state == ShardState.Empty || (state == ShardState.Written && EarlierRun.IsWhole(setup.Folder, level, position, length, checksum)))
                finished[level, position] = state;
        }
    }

    /// <summary>Whether a portion's run has said, in its journal, that all of it is made. False while one is at it.</summary>
    public static bool IsDone(RechunkOptions options, int number) => PortionJournal.IsDone(JournalPath(options, number));

    /// <summary>How many bytes a portion's run has written into its journal: it grows as shards are finished.</summary>
    public static long JournalLength(RechunkOptions options, int number) => Math.Max(0, FileLength.Of(JournalPath(options, number)));

    private static string JournalPath(RechunkOptions options, int number) =>
        Path.Combine(options.PortionsFolder!, number.ToString("D7", CultureInfo.InvariantCulture) + JournalSuffix);

    private static void Clear(RechunkOptions options)
    {
        Directory.CreateDirectory(options.PortionsFolder!);
        foreach (var journal in Directory.EnumerateFiles(options.PortionsFolder!, "*" + JournalSuffix))
            File.Delete(journal);
    }

    private static bool IsMissing(IReadOnlyList<LevelGrid> levels, Portion portion, ShardStates finished) =>
        levels.Any(level => portion.Shards(level.Level).CellsTouched(NdIndex.Filled(3, 1)).Any(position => finished[level.Level, position] == ShardState.Missing));

    /// <summary>What a run that was killed was writing.</summary>
    private static void RemoveLeftovers(ShardFolder folder, IReadOnlyList<LevelGrid> levels, Portion portion, ShardStates finished)
    {
        foreach (var level in levels)
        {
            foreach (var position in portion.Shards(level.Level).CellsTouched(NdIndex.Filled(3, 1)).Where(position => finished[level.Level, position] == ShardState.Missing))
                folder.RemoveLeftovers(level.Level, position);
        }
    }
}

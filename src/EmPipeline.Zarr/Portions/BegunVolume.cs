using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Zarr.Sections;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Zarr.Portions;

/// <summary>A volume whose folder is ours and whose table of shards is open to be written.</summary>
/// <param name="Table">Owned by the caller.</param>
/// <param name="GoesOn">An earlier run began this same volume.</param>
internal sealed record BegunVolume(ShardTable Table, ShardCodec Codec, bool GoesOn)
{
    /// <summary>Takes the folder, and goes on with what is there or clears it.</summary>
    /// <exception cref="EmException">The folder holds something that was not made here.</exception>
    public static async Task<BegunVolume> OpenAsync(RechunkSetup setup, string tablePath, CancellationToken cancellation)
    {
        var (folder, options) = (setup.Folder, setup.Options);
        Directory.CreateDirectory(folder.Root);
        VolumeOwnership.Take(folder.Root);
        var earlier = ShardTable.OpenToWrite(tablePath);
        if (earlier is not null && earlier.Key == setup.Key && earlier.Levels.SequenceEqual(setup.Levels))
            return new BegunVolume(earlier, ShardCodec.Parse(earlier.Codec), GoesOn: true);
        earlier?.Dispose();
        EarlierRun.Clear(folder);
        var codec = options.Codec is not { IsAuto: true } ? options.Codec
            : options.Label is null ? await CodecChoice.MakeAsync(setup.Source, setup.Region, options, cancellation) : ShardCodec.OfLabels(setup.Type);
        return new BegunVolume(ShardTable.Create(tablePath, setup.Key, codec.ToString(), setup.Levels), codec, GoesOn: false);
    }

    /// <summary>
    /// What is finished, with what portions' runs left in their journals, which goes into the tables. The folder is put into that state, unless the journals
    /// say that all of it is as it should be and every shard's file is there. No portion may be at work.
    /// </summary>
    public ShardStates Finished(ShardFolder folder, string? portions, SectionTable? sections)
    {
        if (!GoesOn)
            return new ShardStates(Table.Levels);
        var (any, whole) = (false, true);
        foreach (var journal in portions is not null && Directory.Exists(portions) ? Directory.EnumerateFiles(portions, "*" + PortionedRechunk.JournalSuffix) : [])
        {
            var (isOurs, isDone) = PortionJournal.CopyTo(journal, Table, sections);
            (any, whole) = (any || isOurs, whole && isOurs && isDone);
        }

        if (any)
            Table.Flush();
        return any && whole && EarlierRun.Believe(folder, Table) is { } states ? states : EarlierRun.Settle(folder, Table);
    }
}

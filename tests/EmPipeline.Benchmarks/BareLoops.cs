using EmPipeline.Benchmarks.Containers;
using EmPipeline.Volumes;
using EmPipeline.Zarr.Codecs;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Benchmarks;

/// <summary>
/// What no engine can beat: the same compressor, reads and writes on the same chunks and files, and nothing else. No transposing, no
/// statistics, no checksums, no index, no journal, no copy into a caller's box.
/// </summary>
internal static class BareLoops
{
    /// <summary>Cuts a volume into inner chunks, shard after shard, in the order in which the shards store them.</summary>
    /// <param name="into">Room for all of it, the same for every volume whatever its type: new memory for each would be slower memory.</param>
    public static ReadOnlyMemory<byte>[] Chunks(Voxels voxels, int shard, int chunk, byte[] into)
    {
        var (whole, size) = (Box.Whole(voxels.Shape), voxels.Type.Size());
        var (shardShape, chunkShape) = (NdIndex.Filled(3, shard), NdIndex.Filled(3, chunk));
        var (result, length) = (new List<ReadOnlyMemory<byte>>(), (int)shardShape.Volume * size);
        foreach (var position in whole.CellsTouched(shardShape))
        {
            var bytes = into.AsMemory(result.Count * length, length);
            var to = 0;
            foreach (var inner in new Box(position * shardShape, shardShape).CellsTouched(chunkShape))
            {
                var box = new Box(inner * chunkShape, chunkShape);
                var chunkLength = (int)box.Volume * size;
                StridedCopy.Copy(voxels.Bytes, whole, bytes.Span.Slice(to, chunkLength), box, size);
                to += chunkLength;
            }

            result.Add(bytes);
        }

        return [.. result];
    }

    /// <summary>Compresses every chunk of every shard and writes one new file a shard.</summary>
    public static Task EncodeAndWriteAsync(ReadOnlyMemory<byte>[] shards, int chunkBytes, string folder, int threads) => Timing.ParallelAsync(threads, shards.Length, _ =>
    {
        var zstd = new ZstdCodec(1);
        var output = new byte[shards[0].Length / chunkBytes * ZstdCodec.MaxEncodedLength(chunkBytes)];
        return shard =>
        {
            var length = 0;
            for (var at = 0; at < shards[shard].Length; at += chunkBytes)
                length += zstd.Encode(shards[shard].Span.Slice(at, chunkBytes), output.AsSpan(length));
            using var file = File.OpenHandle(Path.Combine(folder, $"{shard}"), FileMode.Create, FileAccess.Write);
            RandomAccess.Write(file, output.AsSpan(0, length), 0);
        };
    });

    /// <summary>Writes the shards as they are to new files.</summary>
    public static Task WriteAsync(ReadOnlyMemory<byte>[] shards, string folder, int threads) => Timing.ParallelAsync(threads, shards.Length, _ => shard =>
    {
        using var file = File.OpenHandle(Path.Combine(folder, $"{shard}"), FileMode.Create, FileAccess.Write);
        RandomAccess.Write(file, shards[shard].Span, 0);
    });

    /// <summary>Reads files whole, in pieces that fit a processor's cache.</summary>
    public static Task ReadAsync(IReadOnlyList<string> files, int threads)
    {
        const int piece = 1 << 20;
        var pieces = files.SelectMany(file => Enumerable.Range(0, (int)((new FileInfo(file).Length + piece - 1) / piece)).Select(i => (file, (long)i * piece))).ToArray();
        return Timing.ParallelAsync(threads, pieces.Length, _ =>
        {
            var (buffer, opened, name) = (new byte[piece], (SafeFileHandle?)null, "");
            return i =>
            {
                if (pieces[i].file != name)
                    (opened, name) = (Reopen(opened, pieces[i].file), pieces[i].file);
                RandomAccess.Read(opened!, buffer, pieces[i].Item2);
            };
        });

        static SafeFileHandle Reopen(SafeFileHandle? last, string file)
        {
            last?.Dispose();
            return File.OpenHandle(file);
        }
    }

    /// <summary>Decodes source chunks, compresses what comes out in pieces of an inner chunk, and writes one new file for each shard's worth.</summary>
    public static Task TranscodeAsync(byte[][] encoded, int decodedBytes, Container.Decode decode, int chunkBytes, int shardBytes, string folder, int threads)
    {
        var perShard = shardBytes / decodedBytes;
        return Timing.ParallelAsync(threads, encoded.Length / perShard, _ =>
        {
            var (decoded, zstd) = (new byte[decodedBytes], new ZstdCodec(1));
            var output = new byte[shardBytes / chunkBytes * ZstdCodec.MaxEncodedLength(chunkBytes)];
            return shard =>
            {
                var length = 0;
                for (var i = 0; i < perShard; i++)
                {
                    decode(encoded[(shard * perShard) + i], decoded);
                    for (var at = 0; at < decoded.Length; at += chunkBytes)
                        length += zstd.Encode(decoded.AsSpan(at, chunkBytes), output.AsSpan(length));
                }

                using var file = File.OpenHandle(Path.Combine(folder, $"{shard}"), FileMode.Create, FileAccess.Write);
                RandomAccess.Write(file, output.AsSpan(0, length), 0);
            };
        });
    }

    /// <summary>Writes new files of these sizes, each flushed to the disk, and the folder at the end.</summary>
    public static async Task WriteDurablyAsync(int[] sizes, string folder, int threads)
    {
        var bytes = new byte[sizes.Max()];
        new Random(1).NextBytes(bytes);
        await Timing.ParallelAsync(threads, sizes.Length, _ => i =>
        {
            using var file = File.OpenHandle(Path.Combine(folder, $"{i}"), FileMode.Create, FileAccess.Write);
            RandomAccess.Write(file, bytes.AsSpan(0, sizes[i]), 0);
            RandomAccess.FlushToDisk(file);
        });
    }

    /// <summary>Reads every shard file whole and decodes (zstd) or copies (raw) its chunks.</summary>
    public static Task ReadAllAsync(IReadOnlyList<ShardFile> shards, int chunkBytes, bool zstd, int threads) => Timing.ParallelAsync(threads, shards.Count, _ =>
    {
        var (encoded, decoded) = (new byte[shards.Max(shard => shard.Length)], new byte[chunkBytes * shards[0].Chunks.Length]);
        var codec = new ZstdCodec();
        return i =>
        {
            var shard = shards[i];
            RandomAccess.Read(shard.File, encoded.AsSpan(0, shard.Length), 0);
            for (var chunk = 0; chunk < shard.Chunks.Length; chunk++)
                Decode(zstd ? codec : null, encoded.AsSpan((int)shard.Chunks[chunk].Offset), shard.Chunks[chunk].Length, decoded.AsSpan(chunk * chunkBytes, chunkBytes));
        };
    });

    /// <summary>Reads every shard file whole, decodes its chunks, encodes them again and writes one new file a shard.</summary>
    public static Task RoundTripAsync(IReadOnlyList<ShardFile> shards, int chunkBytes, int level, string folder, int threads) => Timing.ParallelAsync(threads, shards.Count, _ =>
    {
        var (encoded, decoded) = (new byte[shards.Max(shard => shard.Length)], new byte[chunkBytes]);
        var output = new byte[shards[0].Chunks.Length * ZstdCodec.MaxEncodedLength(chunkBytes)];
        var codec = new ZstdCodec(level);
        return i =>
        {
            var shard = shards[i];
            RandomAccess.Read(shard.File, encoded.AsSpan(0, shard.Length), 0);
            var length = 0;
            foreach (var (offset, stored) in shard.Chunks)
            {
                codec.Decode(encoded.AsSpan((int)offset, stored), decoded);
                length += codec.Encode(decoded, output.AsSpan(length));
            }

            using var file = File.OpenHandle(Path.Combine(folder, $"{i}"), FileMode.Create, FileAccess.Write);
            RandomAccess.Write(file, output.AsSpan(0, length), 0);
        };
    });

    /// <summary>For each box reads the chunks it touches, neighbours in one read, and decodes them.</summary>
    public static Task ReadTouchedAsync(IReadOnlyList<List<Run>> boxes, int chunkBytes, IBytesCodec? codec, int threads) => Timing.ParallelAsync(threads, boxes.Count, _ =>
    {
        var (encoded, decoded) = (new byte[boxes.Max(box => box.Max(run => run.End - run.Start))], new byte[chunkBytes]);
        return i =>
        {
            foreach (var run in boxes[i])
            {
                RandomAccess.Read(run.File, encoded.AsSpan(0, (int)(run.End - run.Start)), run.Start);
                foreach (var (offset, length) in run.Chunks)
                    Decode(codec, encoded.AsSpan((int)(offset - run.Start)), length, decoded);
            }
        };
    });

    private static void Decode(IBytesCodec? codec, ReadOnlySpan<byte> encoded, int length, Span<byte> decoded)
    {
        if (codec is not null)
            codec.Decode(encoded[..length], decoded);
        else
            encoded[..length].CopyTo(decoded);
    }

    /// <summary>Inner chunks that lie next to each other in one file.</summary>
    internal sealed record Run(SafeFileHandle File, long Start, List<(long Offset, int Length)> Chunks)
    {
        public long End => Chunks[^1].Offset + Chunks[^1].Length;
    }
}

using System.Diagnostics;
using System.Runtime.InteropServices;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Benchmarks.Training;

/// <summary>How fast the tensors of labels alone are written: uint16 that lie in the cache to int64, and two masks, of 128³, to memory that goes round as batches do.</summary>
internal static unsafe class LabelTensors
{
    private const int Edge = 128, Voxels = Edge * Edge * Edge, InFlight = 3 * LoaderRate.Batch, Samples = 512;

    /// <summary>Samples a second, all cores.</summary>
    public static double Rate()
    {
        var memory = Enumerable.Range(0, Settings.Threads).Select(_ => (nint)NativeMemory.AllocZeroed((nuint)InFlight / (nuint)Settings.Threads, (sizeof(long) + 2) * Voxels)).ToArray();
        try
        {
            Parallel.For(0, Settings.Threads, thread => Write((byte*)memory[thread]));
            var watch = Stopwatch.StartNew();
            Parallel.For(0, Settings.Threads, new ParallelOptions { MaxDegreeOfParallelism = Settings.Threads }, thread => Write((byte*)memory[thread]));
            return Samples / watch.Elapsed.TotalSeconds;
        }
        finally
        {
            foreach (var start in memory)
                NativeMemory.Free((void*)start);
        }
    }

    private static void Write(byte* memory)
    {
        var axis = new AxisGrid(Edge, 8, 0);
        var grid = new VoxelGrid(axis, axis, axis);
        var match = new GridMatch();
        match.Fill(grid, Box.Whole(NdIndex.Filled(3, Edge)), grid);
        var stored = new byte[Voxels * sizeof(ushort)];
        for (var sample = 0; sample < Samples / Settings.Threads; sample++)
        {
            var start = memory + ((long)(sample % (InFlight / Settings.Threads)) * (sizeof(long) + 2) * Voxels);
            LabelGather.Gather(match, VoxelType.UInt16, stored, new Span<long>(start, Voxels));
            LabelGather.Known(match, new Span<byte>(start + (sizeof(long) * Voxels), Voxels));
            LabelGather.Known(match, new Span<byte>(start + ((sizeof(long) + 1) * Voxels), Voxels));
        }
    }
}

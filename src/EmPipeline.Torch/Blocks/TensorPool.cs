using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Blocks;

/// <summary>
/// CPU tensors whose memory is used again once torch lets go of it, that is when the last tensor that shares it is gone: whoever keeps a
/// view keeps the memory. Memory that is new costs more than what is read into it, since the kernel clears it page by page; here it lies
/// in huge pages where there are such, and most of the time is not new. Safe for concurrent use.
/// </summary>
internal static unsafe class TensorPool
{
    private const int HugePage = 2 << 20;
    private const int AdviseHugePages = 14;

    /// <summary>Memory that lies idle beyond this goes back to the system.</summary>
    private const long MaxIdle = 512L << 20;

    // torch::from_blob by TorchSharp's own native library: TorchSharp itself offers it for managed arrays only.
    private static readonly delegate* unmanaged<void*, delegate* unmanaged<void*, void>, long*, int, sbyte, sbyte, int, int, byte, nint> FromBlob = FindFromBlob();
    private static readonly ConcurrentDictionary<nuint, ConcurrentBag<nint>> Idle = new();
    private static readonly ConcurrentDictionary<nint, nuint> Lengths = new();
    private static long s_idle;

    /// <summary>A contiguous tensor of undefined contents, owned by the caller and registered in the caller's dispose scope as any other.</summary>
    public static Tensor Empty(ReadOnlySpan<long> shape, ScalarType type)
    {
        var length = (nuint)TensorType.Size(type);
        foreach (var extent in shape)
            length = checked(length * (nuint)extent);
        if (FromBlob is null || length < HugePage)
            return empty(shape, dtype: type);
        var start = Take(length);
        nint handle;
        fixed (long* extents = shape)
            handle = FromBlob((void*)start, &GiveBack, extents, shape.Length, (sbyte)type, (sbyte)type, (int)DeviceType.CPU, 0, 0);
        if (handle != 0)
            return Tensor.UnsafeCreateTensor(handle);
        Release(start);
        return empty(shape, dtype: type);
    }

    private static nint Take(nuint length)
    {
        if (Idle.TryGetValue(length, out var idle) && idle.TryTake(out var start))
        {
            Interlocked.Add(ref s_idle, -(long)length);
            return start;
        }

        start = (nint)NativeMemory.AlignedAlloc(length, HugePage);
        if (OperatingSystem.IsLinux())
            _ = Advise((void*)start, length, AdviseHugePages);
        Lengths[start] = length;
        return start;
    }

    [UnmanagedCallersOnly]
    private static void GiveBack(void* start) => Release((nint)start);

    private static void Release(nint start)
    {
        var length = Lengths[start];
        if (Interlocked.Add(ref s_idle, (long)length) <= MaxIdle)
        {
            Idle.GetOrAdd(length, _ => []).Add(start);
            return;
        }

        Interlocked.Add(ref s_idle, -(long)length);
        Lengths.TryRemove(start, out _);
        NativeMemory.AlignedFree((void*)start);
    }

    private static delegate* unmanaged<void*, delegate* unmanaged<void*, void>, long*, int, sbyte, sbyte, int, int, byte, nint> FindFromBlob()
    {
        // TorchSharp loads its library in torch's static constructor.
        RuntimeHelpers.RunClassConstructor(typeof(torch).TypeHandle);
        return NativeLibrary.TryLoad("LibTorchSharp", typeof(torch).Assembly, null, out var library) && NativeLibrary.TryGetExport(library, "THSTensor_new", out var address)
            ? (delegate* unmanaged<void*, delegate* unmanaged<void*, void>, long*, int, sbyte, sbyte, int, int, byte, nint>)address
            : null;
    }

    [DllImport("libc", EntryPoint = "madvise")]
    private static extern int Advise(void* start, nuint length, int advice);
}

using System.Buffers;
using System.Runtime.InteropServices;

namespace EmPipeline.Volumes;

/// <summary>
/// Memory outside the collector's heap: large buffers there would stay until a full collection, round after round. On Linux it comes from the
/// system and goes back there: the library's own heaps, one a thread, keep what was freed. Owned by who made it; spans of it are not valid
/// after it was disposed. Content is undefined at first.
/// </summary>
public sealed unsafe partial class NativeBuffer : MemoryManager<byte>
{
    private const int PageLength = 4096;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
    private readonly int _length;
    private byte* _start;

    /// <exception cref="OutOfMemoryException">The system has not so much.</exception>
    public NativeBuffer(int length)
    {
        _length = length;
        _start = OperatingSystem.IsLinux() ? FromSystem() : (byte*)NativeMemory.AlignedAlloc(Allocated, PageLength);
    }

    public int Length => _length;

    private nuint Allocated => (nuint)Math.Max(1, _length);

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        return new(_start, _length);
    }

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (_start is null)
            return;
        if (OperatingSystem.IsLinux())
            _ = Unmap(_start, Allocated);
        else
            NativeMemory.AlignedFree(_start);
        _start = null;
    }

    private byte* FromSystem()
    {
        var start = Map(null, Allocated, ReadWrite, PrivateAnonymous, -1, 0);
        return (nint)start == -1 ? throw new OutOfMemoryException() : start;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* Map(byte* at, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(byte* start, nuint length);
}

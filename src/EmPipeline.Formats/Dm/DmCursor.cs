using System.Buffers.Binary;
using System.Text;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Dm;

/// <summary>
/// Goes forward through a DM file, reading it in windows and jumping over what is skipped. Fields of the file's structure are
/// big-endian whatever the machine; tag data has the order that the header names.
/// </summary>
internal sealed class DmCursor(VolumePath path, long length)
{
    // Most slices' tags fit the first window or two; a thumbnail or a long list is read in larger ones.
    private const int FirstWindow = 1 << 14, WindowBytes = 1 << 16;
    private readonly byte[] _window = new byte[Math.Min(WindowBytes, Math.Max(length, 1))];
    private int _nextWindow = FirstWindow;
    private long _windowStart;
    private int _windowLength;

    public long Position { get; private set; }

    public long Remaining => length - Position;

    public bool BigEndianData { get; set; }

    /// <summary>DM4 has 64-bit counts where DM3 has 32-bit ones.</summary>
    public bool WideCounts { get; set; }

    public EmException Corrupt(string problem) => EmException.Corrupt($"{path} byte {Position}", problem);

    public async ValueTask<byte> ByteAsync(CancellationToken cancellation) => (await TakeAsync(1, cancellation)).Span[0];

    public async ValueTask<int> UInt16Async(CancellationToken cancellation) =>
        BinaryPrimitives.ReadUInt16BigEndian((await TakeAsync(2, cancellation)).Span);

    public async ValueTask<int> Int32Async(CancellationToken cancellation) =>
        BinaryPrimitives.ReadInt32BigEndian((await TakeAsync(4, cancellation)).Span);

    /// <summary>A count, length or type code: 64 bits in DM4, 32 in DM3. Never negative.</summary>
    public async ValueTask<long> CountAsync(CancellationToken cancellation)
    {
        var value = WideCounts
            ? BinaryPrimitives.ReadInt64BigEndian((await TakeAsync(8, cancellation)).Span)
            : BinaryPrimitives.ReadUInt32BigEndian((await TakeAsync(4, cancellation)).Span);
        return value >= 0 ? value : throw Corrupt($"got a count of {value}, expected 0 or more.");
    }

    public async ValueTask<string> TextAsync(int bytes, CancellationToken cancellation)
    {
        if (bytes > _window.Length)
            return DecodeText(await BytesAsync(bytes, cancellation));
        return DecodeText((await TakeAsync(bytes, cancellation)).Span);
    }

    /// <summary>The next bytes as an array of their own.</summary>
    public async ValueTask<byte[]> BytesAsync(int bytes, CancellationToken cancellation)
    {
        if (bytes > Remaining)
            throw Corrupt($"got {Remaining} bytes to the end of the file, expected {bytes}.");
        var result = new byte[bytes];
        for (var done = 0; done < bytes;)
        {
            var part = Math.Min(bytes - done, _window.Length);
            (await TakeAsync(part, cancellation)).Span.CopyTo(result.AsSpan(done));
            done += part;
        }

        return result;
    }

    public async ValueTask<IConvertible> NumberAsync(DmTagType type, CancellationToken cancellation)
    {
        var size = DmNumbers.SizeOf(type) ?? throw Corrupt($"got tag type {(int)type}, expected a number's (2 to 12).");
        return DmNumbers.Read((await TakeAsync(size, cancellation)).Span, type, BigEndianData);
    }

    public void Skip(long bytes)
    {
        if (bytes > Remaining)
            throw Corrupt($"got {Remaining} bytes to the end of the file, expected {bytes}.");
        Position += bytes;
    }

    /// <summary>The next bytes, valid until the next call.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> TakeAsync(int bytes, CancellationToken cancellation)
    {
        if (bytes > Remaining)
            throw Corrupt($"got {Remaining} bytes to the end of the file, expected {bytes}. The file is cut off.");
        var at = Position - _windowStart;
        if (at < 0 || at + bytes > _windowLength)
        {
            _windowStart = Position;
            _windowLength = (int)Math.Min(Math.Min(_window.Length, Math.Max(bytes, _nextWindow)), Remaining);
            _nextWindow = Math.Min(WindowBytes, 2 * _nextWindow);
            if (!await path.Store.ReadAsync(path.Key, _windowStart, _window.AsMemory(0, _windowLength), cancellation))
                throw EmException.Unavailable(path.ToString(), "the file is gone. It was there when it was opened.");
            at = 0;
        }

        Position += bytes;
        return _window.AsMemory((int)at, bytes);
    }

    // Names are UTF-8 in files of today and Latin-1 in older ones.
    private static string DecodeText(ReadOnlySpan<byte> bytes) =>
        System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString(bytes);
}

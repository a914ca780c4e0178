using EmPipeline.Volumes;

namespace EmPipeline.Formats.Hdf5;

/// <summary>
/// Reads one dataset: chunk by chunk where it is chunked, so that each is decoded once a read, and straight from the file where it is not.
/// Owns a share of the file.
/// </summary>
internal sealed class Hdf5Reader(Hdf5File file, string dataset, VolumeInfo info, Hdf5Element element, bool chunked) : ChunkedReader(info)
{
    private int _disposed;

    public override async ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        if (chunked)
        {
            await base.ReadAsync(box, buffer, cancellation);
            return;
        }

        VolumeReaderArguments.Check(Info, box, buffer.Length);
        cancellation.ThrowIfCancellationRequested();
        if (!box.IsEmpty)
            Read(box, buffer);
    }

    public override ValueTask DisposeAsync() => Interlocked.Exchange(ref _disposed, 1) == 0 ? file.DisposeAsync() : ValueTask.CompletedTask;

    protected override NdIndex DecodedShape(NdIndex chunk) => NdIndex.Min(Info.Grain, Info.Shape - (chunk * Info.Grain));

    protected override ValueTask<bool> DecodeAsync(NdIndex chunk, ChunkTarget target, CancellationToken cancellation)
    {
        Read(new Box(chunk * Info.Grain, DecodedShape(chunk)), target.Take(file.Length, file.Path));
        return ValueTask.FromResult(true);
    }

    private void Read(Box box, Memory<byte> target)
    {
        if (!element.IsComplex)
        {
            ReadElements(box, target);
            return;
        }

        // The parts of a complex number are an axis here and one element in the file: both are read, then the box is cut out.
        var parts = box.Rank - 1;
        var (origin, shape) = (box.Origin, box.Shape);
        (origin[parts], shape[parts]) = (0, 2);
        var whole = new Box(origin, shape);
        if (whole == box)
        {
            ReadElements(box, target);
            return;
        }

        var bytes = new byte[whole.Volume * Info.Type.Size()];
        ReadElements(whole, bytes);
        StridedCopy.Copy(bytes, whole, target.Span, box, Info.Type.Size());
    }

    private void ReadElements(Box box, Memory<byte> target) => file.Use(dataset, session =>
    {
        var rank = element.IsComplex ? box.Rank - 1 : box.Rank;
        session.Read(dataset, element, box.Origin.ToArray().AsSpan(0, rank), box.Shape.ToArray().AsSpan(0, rank), target.Span);
        return true;
    });
}

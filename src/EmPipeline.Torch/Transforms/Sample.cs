using EmPipeline.Torch.Targets;
using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;

namespace EmPipeline.Torch;

/// <summary>
/// One sample on its way from what was read to what tensors hold: image, labels and masks, which transforms keep together. What only moves
/// voxels or scales them is noted, and done when the sample is written; <see cref="Image"/>, <see cref="Labels"/> and <see cref="Mask"/> do it
/// at once. Its memory is used again for the next sample, and spans of it are good until the next call. Not for concurrent use.
/// </summary>
public sealed class Sample
{
    private readonly ImagePart _image = new();
    private readonly LabelPart _labels = new();
    private readonly List<LabelIds> _ids = [];

    internal Sample()
    {
    }

    /// <summary>The extent z, y, x, as it is now: transforms that need a halo cut it off.</summary>
    public NdIndex Shape => _image.View.Shape.ToIndex();

    /// <summary>Of the image and its labels, which lie on one grid here.</summary>
    public VoxelSize VoxelSize { get; private set; }

    /// <summary>How many label volumes there are.</summary>
    public int LabelCount => _labels.Count;

    /// <summary>The image, normalised: C order z, y, x; 0 where <see cref="Mask"/> 0 was 0 when it was read. It may be written to.</summary>
    public Span<float> Image => _image.Settle();

    /// <summary>The ids of label volume <paramref name="label"/>, 64 bits of each as stored; -1 where none is. May be written to.</summary>
    /// <param name="label">0 … <see cref="LabelCount"/> - 1.</param>
    public Span<long> Labels(int label)
    {
        _labels.Settle();
        return _labels.Values(label);
    }

    /// <summary>1 where a voxel is valid, 0 where it is not. May be written to.</summary>
    /// <param name="channel">0: the image, inside its volume and chosen; 1 + n: label volume n, annotated.</param>
    public Span<byte> Mask(int channel)
    {
        if (channel == 0)
        {
            _image.Settle();
            return _image.WritableMask();
        }

        _labels.Settle();
        return _labels.WritableMask(channel - 1);
    }

    internal ImagePart ImagePart => _image;

    internal LabelPart LabelPart => _labels;

    /// <summary>Makes room for a sample that is then read into <see cref="StoredImage"/>, <see cref="StoredLabels"/> and <see cref="StoredMask"/>.</summary>
    /// <param name="shape">What is read, halo included.</param>
    /// <param name="mean">Normalised is (v - mean) / deviation; a deviation of zero counts as one.</param>
    /// <param name="black">What a stored 0 is when normalised, where it is not what <paramref name="type"/>'s 0 is.</param>
    internal void Begin(in NdIndex shape, VoxelType type, double mean, double deviation, VoxelSize voxelSize, int labels, float? black = null)
    {
        VoxelSize = voxelSize;
        var grid = Grid.Of(shape);
        _image.Begin(grid, type, mean, deviation > 0 ? deviation : 1, black);
        _labels.Begin(grid, labels);
    }

    /// <summary>Where the stored voxels are read into, little-endian, C order.</summary>
    internal Memory<byte> StoredImage => _image.Stored;

    /// <summary>Where the ids of a label volume are read into, 8 bytes each.</summary>
    internal Memory<byte> StoredLabels(int label) => _labels.Stored(label);

    /// <summary>Where a mask is read into, 0 or 1; see <see cref="Mask"/> for the channels.</summary>
    internal Memory<byte> StoredMask(int channel) => channel == 0 ? _image.StoredMask : _labels.StoredMask(channel - 1);

    /// <summary>Says that a mask is 1 everywhere, and need not be filled.</summary>
    internal void SetWhole(int channel)
    {
        if (channel == 0)
            _image.IsWhole = true;
        else
            _labels.SetWhole(channel - 1);
    }

    /// <summary>Numbers the ids of a label volume as the sample is now, for targets; unknown where the mask is 0.</summary>
    /// <param name="margin">The voxels around what is wanted.</param>
    internal LabelIds Ids(int label, Grid margin)
    {
        _labels.Settle();
        while (_ids.Count <= label)
            _ids.Add(new LabelIds());
        _ids[label].Take(_labels.Values(label), _labels.Mask(label), Grid.Of(Shape), margin, VoxelSize);
        return _ids[label];
    }

    /// <summary>What <see cref="Ids(int, Grid)"/> numbered last.</summary>
    internal LabelIds Ids(int label) => _ids[label];

    /// <summary>Takes a margin off both sides of each axis.</summary>
    internal void Shrink(Grid margin)
    {
        _image.Shrink(margin);
        _labels.View.Shrink(margin);
    }

    /// <summary>Reverses an axis.</summary>
    internal void Flip(int axis)
    {
        _image.Flip(axis);
        _labels.View.Flip(axis);
    }

    /// <summary>Exchanges y and x.</summary>
    internal void ExchangePlane()
    {
        VoxelSize = VoxelSize with { Y = VoxelSize.X, X = VoxelSize.Y };
        _image.View.Exchange();
        _labels.View.Exchange();
    }

    /// <summary>Exchanges z and y; a section that was lost is then blank and invalid.</summary>
    internal void ExchangeZY()
    {
        VoxelSize = VoxelSize with { Z = VoxelSize.Y, Y = VoxelSize.Z };
        _image.ExchangeZY();
        _labels.ExchangeZY();
    }

    /// <summary>Moves a section: what was at (y + <paramref name="y"/>, x + <paramref name="x"/>) is then at (y, x). What comes from outside is invalid.</summary>
    internal void Shift(int z, int y, int x)
    {
        _image.View.Shift(z, y, x);
        _labels.View.Shift(z, y, x);
    }

    /// <summary>Writes the image as float32, normalised, C order; 0 outside the volume.</summary>
    internal void WriteImage(Span<float> target) => _image.Write(target);

    /// <summary>Writes the image in its stored type, C order; 0 outside the volume.</summary>
    /// <exception cref="InvalidOperationException">A transform changed values.</exception>
    internal void WriteStored(Span<byte> target) => _image.WriteStored(target);

    /// <summary>Writes the ids of a label volume, C order; -1 where none is stored.</summary>
    internal void WriteLabels(int label, Span<long> target) => _labels.Write(label, target);

    /// <summary>Writes a mask, C order.</summary>
    internal void WriteMask(int channel, Span<byte> target)
    {
        if (channel == 0)
            _image.WriteMask(target);
        else
            _labels.WriteMask(channel - 1, target);
    }
}

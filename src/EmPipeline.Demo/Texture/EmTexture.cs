using System.Runtime.InteropServices;

namespace EmPipeline.Demo.Texture;

/// <summary>
/// A procedural block of tissue that looks like an electron micrograph: cells with dark walls, mitochondria, vesicles, granular
/// cytoplasm and a detector's grain. The same bytes on every machine, and periodic on every axis: larger volumes repeat it without a seam.
/// </summary>
internal sealed class EmTexture
{
    /// <summary>The grey values that occur; 0 is left to stand for "no tissue".</summary>
    public const byte Darkest = 36;

    public const byte Brightest = 199;

    private const int SlabDepth = 4;

    /// <summary>Makes a texture; every size is a multiple of <see cref="CellField.Unit"/>.</summary>
    public EmTexture(int depth, int height, int width, uint seed)
    {
        (Depth, Height, Width) = (depth, height, width);
        Voxels = new byte[depth * height * width];
        Mitochondria = new byte[Voxels.Length];
        var cells = Cells = new CellField(depth, height, width, seed);
        var organelles = Organelles.Place(cells, seed + 50);
        // Cytoplasm differs a little from cell to cell.
        var cytoplasm = new float[cells.Count];
        for (var i = 0; i < cytoplasm.Length; i++)
            cytoplasm[i] = 150f + (17f * Hash.Signed(0, 0, i, seed + 60));
        ValueNoise[] octaves = [.. new[] { 32, 8, 4, 2 }.Select((spacing, i) => new ValueNoise(depth, height, width, spacing, seed + 70 + (uint)i))];
        Parallel.For(0, (depth + SlabDepth - 1) / SlabDepth, slabIndex =>
        {
            var z0 = slabIndex * SlabDepth;
            var planes = Math.Min(SlabDepth, depth - z0);
            var slab = new float[planes * height * width];
            var mask = Mitochondria.AsSpan(z0 * height * width, slab.Length);
            DrawCells(slab, z0, planes, cells, cytoplasm, octaves);
            foreach (ref readonly var organelle in CollectionsMarshal.AsSpan(organelles))
                Organelles.Draw(organelle, cells, slab, mask, z0, planes, (depth, height, width));
            Expose(slab, z0, seed + 80);
        });
    }

    public int Depth { get; }

    public int Height { get; }

    public int Width { get; }

    /// <summary>The grey values, C order z, y, x.</summary>
    public byte[] Voxels { get; }

    /// <summary>1 in mitochondria, rim and inside, else 0; C order z, y, x.</summary>
    public byte[] Mitochondria { get; }

    /// <summary>Which cell each voxel belongs to.</summary>
    public CellField Cells { get; }

    /// <summary>Copies row.Length voxels at (z, y, x...) of the endlessly repeated texture.</summary>
    public void CopyRow(int z, int y, int x, Span<byte> row) => CopyRow(Voxels, z, y, x, row);

    /// <summary>The same of <see cref="Mitochondria"/>.</summary>
    public void CopyMitochondria(int z, int y, int x, Span<byte> row) => CopyRow(Mitochondria, z, y, x, row);

    /// <summary>The number of the cell at a voxel of the endlessly repeated texture.</summary>
    public int Cell(int z, int y, int x) => Cells.Owner(z % Depth, y % Height, x % Width);

    /// <summary>How far a voxel of it lies from its cell's wall, voxels; at half the resolution.</summary>
    public float WallDistance(int z, int y, int x) => Cells.Distance(z % Depth, y % Height, x % Width);

    private void CopyRow(byte[] voxels, int z, int y, int x, Span<byte> row)
    {
        var source = voxels.AsSpan((((z % Depth) * Height) + (y % Height)) * Width, Width);
        for (var at = x % Width; row.Length > 0; at = 0)
        {
            var run = Math.Min(row.Length, Width - at);
            source.Slice(at, run).CopyTo(row);
            row = row[run..];
        }
    }

    /// <summary>A box of the endlessly repeated texture with every <paramref name="stepZ"/>-th plane, C order.</summary>
    public byte[] Cut(int depth, int height, int width, int z, int y, int x, int stepZ = 1)
    {
        var result = new byte[depth * height * width];
        for (var i = 0; i < depth * height; i++)
            CopyRow(z + (i / height * stepZ), y + (i % height), x, result.AsSpan(i * width, width));
        return result;
    }

    private void DrawCells(Span<float> slab, int z0, int planes, CellField cells, float[] cytoplasm, ValueNoise[] octaves)
    {
        var distance = new float[Width];
        var half = new float[(Width / 2) + 1];
        for (var i = 0; i < planes * Height; i++)
        {
            var (z, y) = (z0 + (i / Height), i % Height);
            var row = slab.Slice(i * Width, Width);
            octaves[0].AddRow(z, y, 7f, row);
            octaves[1].AddRow(z, y, 10f, row);
            octaves[2].AddRow(z, y, 13f, row);
            octaves[3].AddRow(z, y, 10f, row);
            cells.DistanceRow(z, y, distance, half);
            var owners = cells.OwnerRow(z, y);
            for (var x = 0; x < row.Length; x++)
            {
                var grey = cytoplasm[owners[x >> 1]] + row[x];
                var t = Math.Clamp((distance[x] - 0.6f) * (1f / 2.2f), 0f, 1f);
                var wall = 62f + (0.3f * row[x]);
                row[x] = wall + ((grey - wall) * t * t * (3f - (2f * t)));
            }
        }
    }

    // Adds grain, a little smeared along the scan as a detector does, and rounds to grey values.
    private void Expose(ReadOnlySpan<float> slab, int z0, uint seed)
    {
        var target = Voxels.AsSpan(z0 * Height * Width, slab.Length);
        for (var start = 0; start < slab.Length; start += Width)
        {
            var state = Hash.Of(z0, start, 0, seed);
            var previous = 0;
            for (var x = start; x < start + Width; x++)
            {
                state = (state * 1664525u) + 1013904223u;
                // The sum of three bytes is near enough to a normal distribution.
                var noise = (int)((state >> 24) + ((state >> 16) & 255) + ((state >> 8) & 255)) - 382;
                var grey = slab[x] + ((noise + (previous >> 1)) * 0.042f);
                previous = noise;
                target[x] = (byte)(Math.Clamp(grey, Darkest, Brightest) + 0.5f);
            }
        }
    }
}

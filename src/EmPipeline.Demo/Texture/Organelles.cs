namespace EmPipeline.Demo.Texture;

/// <summary>Places organelles in cells and draws them.</summary>
internal static class Organelles
{
    /// <summary>The organelles of all cells, in an order that depends on the seed only.</summary>
    public static List<Organelle> Place(CellField cells, uint seed)
    {
        var result = new List<Organelle>();
        foreach (var s in cells.Seeds)
        {
            var i = s.Cell;
            float Random(int what) => Hash.Unit(what, 0, i, seed);

            if (Random(0) < 0.55f)
            {
                result.Add(Turned(
                    OrganelleKind.Mitochondrion, i, s.Z + (8f * (Random(1) - 0.5f)), s.Y + (14f * (Random(2) - 0.5f)), s.X + (14f * (Random(3) - 0.5f)),
                    20f + (26f * Random(4)), 7f + (6f * Random(5)), seed));
            }

            if (Random(6) < 0.3f)
                result.Add(Turned(OrganelleKind.Endosome, i, s.Z - 10f, s.Y + (24f * (Random(7) - 0.5f)), s.X + 12f, 4f + (5f * Random(8)), 4f + (3f * Random(9)), seed));

            // Some cells are synaptic terminals, crowded with vesicles.
            var vesicles = Random(10) < 0.35f ? 90 : (int)(10 * Random(11));
            for (var v = 0; v < vesicles; v++)
            {
                float Offset(int axis) => Random(20 + (3 * v) + axis) + Random(400 + (3 * v) + axis) - 1f;

                var radius = 2.1f + (0.7f * Random(800 + v));
                result.Add(Turned(OrganelleKind.Vesicle, i, s.Z + (26f * Offset(0)), s.Y + (26f * Offset(1)), s.X + (26f * Offset(2)), radius, radius, seed));
            }
        }

        return result;
    }

    /// <summary>
    /// Draws the part of <paramref name="organelle"/> that lies in planes z0..z0+planes of the periodic volume into
    /// <paramref name="slab"/> (z, y, x), and marks mitochondria in <paramref name="mask"/>.
    /// </summary>
    public static void Draw(in Organelle organelle, CellField cells, Span<float> slab, Span<byte> mask, int z0, int planes, (int Depth, int Height, int Width) size)
    {
        var o = organelle;
        var reach = o.Long + 1f;
        var (firstZ, endZ) = Range(o.Z, reach);
        var (firstY, endY) = Range(o.Y, reach);
        var (firstX, endX) = Range(o.X, reach);
        var (perLong, perShort) = (1f / o.Long, 1f / o.Short);
        for (var z = firstZ; z < endZ; z++)
        {
            var plane = ((z + size.Depth) % size.Depth) - z0;
            if (plane < 0 || plane >= planes)
                continue;
            for (var y = firstY; y < endY; y++)
            {
                var homeY = (y + size.Height) % size.Height;
                var row = slab.Slice(((plane * size.Height) + homeY) * size.Width, size.Width);
                var maskRow = mask.Slice(((plane * size.Height) + homeY) * size.Width, size.Width);
                var owners = cells.OwnerRow(z0 + plane, homeY);
                for (var x = firstX; x < endX; x++)
                {
                    var (dz, dy, dx) = (z - o.Z, y - o.Y, x - o.X);
                    var along = (dz * o.AxisZ) + (dy * o.AxisY) + (dx * o.AxisX);
                    var across2 = (dz * dz) + (dy * dy) + (dx * dx) - (along * along);
                    var (a, b) = (along * perLong, across2 * perShort * perShort);
                    var r2 = (a * a) + b;
                    if (r2 >= 1f)
                        continue;
                    var homeX = (x + size.Width) % size.Width;
                    if (owners[homeX >> 1] != o.Owner)
                        continue;
                    if (o.Kind == OrganelleKind.Mitochondrion && !IsWall(row[homeX]))
                        maskRow[homeX] = 1;
                    row[homeX] = Shade(o, row[homeX], MathF.Sqrt(r2), along);
                }
            }
        }
    }

    // The rim is as thick as a membrane whatever the size: (1 - r) × the short radius is about the depth below the surface in voxels.
    private static float Shade(in Organelle o, float here, float r, float along)
    {
        var depth = (1f - r) * o.Short;
        // A cell's own wall stays in front of what is inside.
        if (IsWall(here) && o.Kind != OrganelleKind.Vesicle)
            return here;
        switch (o.Kind)
        {
            case OrganelleKind.Mitochondrion:
                if (depth < 1.8f)
                    return 72f;
                var phase = (along * (1f / 6f)) + (0.025f * (here - 150f));
                phase -= MathF.Floor(phase);
                var lamella = phase < 0.4f && r > 0.2f ? -16f : 0f;
                return 104f + lamella + (0.35f * (here - 150f));
            case OrganelleKind.Vesicle:
                return depth < 1.1f ? MathF.Min(here, 92f) : MathF.Min(here + 6f, 150f);
            default:
                return depth < 1.5f ? 85f : 172f + (0.5f * (here - 150f));
        }
    }

    private static bool IsWall(float grey) => grey < 95f;

    private static Organelle Turned(OrganelleKind kind, int owner, float z, float y, float x, float longRadius, float shortRadius, uint seed)
    {
        var (az, ay, ax) = (0.6f * Hash.Signed(1, 1, owner, seed), Hash.Signed(1, 2, owner, seed), Hash.Signed(1, 3, owner, seed) + 0.01f);
        var scale = 1f / MathF.Sqrt((az * az) + (ay * ay) + (ax * ax));
        return new Organelle(kind, owner, z, y, x, az * scale, ay * scale, ax * scale, longRadius, shortRadius);
    }

    private static (int First, int End) Range(float centre, float reach) => ((int)MathF.Floor(centre - reach), (int)MathF.Ceiling(centre + reach) + 1);
}

using EmPipeline.Volumes;
using EmPipeline.Volumes.Sections;

namespace EmPipeline.Tests;

/// <summary>Puts defects into a stack of sections of bytes, a dozen or two sections apart, as a microscope, a microtome or a careless export make them.</summary>
internal sealed class PlantedDefects
{
    private const int Lost = 3;
    private readonly byte[] _cube;
    private readonly NdIndex _shape;
    private readonly Random _random;
    private readonly List<byte[]> _sections = [];
    private readonly List<PlantedDefect> _planted = [];
    private int _grey;
    private (int Y, int X) _place;
    private int _next;

    private PlantedDefects(byte[] cube, NdIndex shape, int seed) => (_cube, _shape, _random) = (cube, shape, new Random(seed));

    /// <summary>What can be planted, and what it is to be flagged as.</summary>
    public static IReadOnlyList<(string Kind, SectionFlags Flag)> Kinds { get; } =
    [
        ("missing: all zero", SectionFlags.Missing),
        ("blank: one grey value", SectionFlags.Blank),
        ("a third of it blank", SectionFlags.Blank),
        ("repeated", SectionFlags.Repeated),
        ("repeated, with other noise (σ 5)", SectionFlags.Repeated),
        ("8 grey values darker", SectionFlags.Dark),
        ("8 grey values brighter", SectionFlags.Bright),
        ("10 grey values up or down from here on", SectionFlags.Step),
        ("blurred, σ 1 voxel", SectionFlags.Blurred),
        ("blurred, σ 2 voxels, with the noise of others (σ 7)", SectionFlags.Blurred),
        ("shifted by 4 voxels", SectionFlags.Shifted),
        ("shifted by 12 voxels", SectionFlags.Shifted),
        ("shifted by 5 voxels from here on", SectionFlags.Shifted),
        ("three sections lost before it", SectionFlags.Gap),
    ];

    /// <param name="cube">Bytes, C order.</param>
    /// <param name="kinds">Planted in turn.</param>
    /// <returns>The stack, fewer sections where some were lost, and what is where.</returns>
    public static (byte[] Voxels, NdIndex Shape, IReadOnlyList<PlantedDefect> Planted) Plant(byte[] cube, NdIndex shape, IReadOnlyList<(string Kind, SectionFlags Flag)> kinds, int seed)
    {
        var stack = new PlantedDefects(cube, shape, seed);
        var (at, turn) = (8 + stack._random.Next(8), seed);
        while (stack._next < (int)shape[0])
        {
            var isPlanted = stack._sections.Count == at && at < (int)shape[0] - 12 - Lost;
            stack.Add(isPlanted ? kinds[turn++ % kinds.Count] : null);
            at += isPlanted ? 12 + stack._random.Next(10) : 0;
        }

        return ([.. stack._sections.SelectMany(section => section)], new NdIndex(stack._sections.Count, shape[1], shape[2]), stack._planted);
    }

    private void Add((string Kind, SectionFlags Flag)? defect)
    {
        var kind = defect?.Kind ?? "";
        if (kind.StartsWith("three", StringComparison.Ordinal))
            _next = Math.Min(_next + Lost, (int)_shape[0] - 1);
        if (kind.Contains("up or down"))
            _grey = _grey == 0 ? (_random.Next(2) == 0 ? 10 : -10) : 0;
        if (kind.Contains("voxels from here on"))
            _place = _place == default ? Towards(5) : default;
        var section = Moved(_cube.AsSpan(_next++ * Area, Area).ToArray(), _place);
        Change(section, voxel => voxel + _grey);
        switch (kind)
        {
            case "missing: all zero": section.AsSpan().Clear(); break;
            case "blank: one grey value": section.AsSpan().Fill(130); break;
            case "a third of it blank": section.AsSpan(2 * Area / 3).Fill(130); break;
            case "repeated": section = _sections[^1].ToArray(); break;
            case "repeated, with other noise (σ 5)": section = _sections[^1].ToArray(); Change(section, voxel => voxel + Noise(5)); break;
            case "8 grey values darker": Change(section, voxel => voxel - 8); break;
            case "8 grey values brighter": Change(section, voxel => voxel + 8); break;
            case "blurred, σ 1 voxel": section = Blurred(section, 1); break;
            case "blurred, σ 2 voxels, with the noise of others (σ 7)": section = Blurred(section, 2); Change(section, voxel => voxel + Noise(7)); break;
            case "shifted by 4 voxels": section = Moved(section, Towards(4)); break;
            case "shifted by 12 voxels": section = Moved(section, Towards(12)); break;
        }

        if (defect is { Flag: var flag })
            _planted.Add(new PlantedDefect(kind, flag, _sections.Count));
        _sections.Add(section);
    }

    private int Area => (int)(_shape[1] * _shape[2]);

    private double Noise(double deviation) => deviation * Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private (int Y, int X) Towards(double distance)
    {
        var (sine, cosine) = Math.SinCos(2 * Math.PI * _random.NextDouble());
        return ((int)Math.Round(distance * sine), (int)Math.Round(distance * cosine));
    }

    private static void Change(byte[] section, Func<int, double> change)
    {
        for (var i = 0; i < section.Length; i++)
            section[i] = (byte)Math.Clamp(Math.Round(change(section[i])), 0, 255);
    }

    private byte[] Moved(byte[] section, (int Y, int X) by)
    {
        if (by == default)
            return section;
        var (height, width) = ((int)_shape[1], (int)_shape[2]);
        var moved = new byte[section.Length];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
                moved[(y * width) + x] = section[(Mirrored(y - by.Y, height) * width) + Mirrored(x - by.X, width)];
        }

        return moved;
    }

    private byte[] Blurred(byte[] section, double sigma)
    {
        var (height, width, reach) = ((int)_shape[1], (int)_shape[2], (int)Math.Ceiling(3 * sigma));
        var weights = Enumerable.Range(-reach, (2 * reach) + 1).Select(i => Math.Exp(-i * i / (2 * sigma * sigma))).ToArray();
        var (rows, blurred, total) = (new double[section.Length], new byte[section.Length], weights.Sum());
        for (var i = 0; i < section.Length; i++)
        {
            for (var k = -reach; k <= reach; k++)
                rows[i] += weights[k + reach] * section[(i / width * width) + Mirrored((i % width) + k, width)] / total;
        }

        for (var i = 0; i < section.Length; i++)
        {
            var sum = 0.0;
            for (var k = -reach; k <= reach; k++)
                sum += weights[k + reach] * rows[(Mirrored((i / width) + k, height) * width) + (i % width)] / total;
            blurred[i] = (byte)Math.Round(sum);
        }

        return blurred;
    }

    private static int Mirrored(int at, int length) => at < 0 ? -at : at >= length ? (2 * length) - 2 - at : at;
}

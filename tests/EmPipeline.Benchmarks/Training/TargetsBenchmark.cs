using System.Diagnostics;
using EmPipeline.Torch;
using EmPipeline.Torch.Targets;
using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;

namespace EmPipeline.Benchmarks.Training;

/// <summary>Milliseconds a core that targets take of one sample: its ids numbered, values and mask made.</summary>
internal static class TargetsBenchmark
{
    private const int Edge = 128, WarmUp = 10;
    private const double Bar = 25;
    private static readonly VoxelSize VoxelSize = new(8, 8, 8);

    public static async Task RunAsync(Settings settings, Report report)
    {
        var labels = await LabelContent.LoadAsync();
        Target[] targets =
        [
            new Boundary(),
            new Affinities(),
            new Affinities
            {
                Name = "12 affinities, up to 27 voxels away",
                Offsets = [new(-1, 0, 0), new(0, -1, 0), new(0, 0, -1), new(-2, 0, 0), new(0, -3, 0), new(0, 0, -3), new(-3, 0, 0), new(0, -9, 0), new(0, 0, -9), new(-4, 0, 0), new(0, -27, 0), new(0, 0, -27)],
            },
            new Binary(),
            new Distance(),
        ];
        report.Heading($"Targets of {Edge}³ int64 labels: ms on one core, of neurons (FIB-25); with one section in eight unknown; where every voxel has an id of its own");
        foreach (var target in targets)
        {
            var halo = Grid.Of(target.Halo(VoxelSize));
            double[] times = [Time(labels, target, halo, unknown: false, settings), Time(labels, target, halo, unknown: true, settings), Time(null, target, halo, unknown: false, settings)];
            var figure = $"{times[0]:f1}; {times[1]:f1}; {times[2]:f1}";
            if (target is Boundary or Affinities)
                report.Row(target.Name, figure, $"≤ {Bar}; ≤ {Bar}; none", times[0] <= Bar && times[1] <= Bar);
            else
                report.Note($"| {target.Name} | {figure} | | |");
        }
    }

    private static double Time(LabelContent? labels, Target target, Grid halo, bool unknown, Settings settings)
    {
        var sample = Fill(labels, Cube(Edge) + (2 * halo), unknown);
        var program = new TargetProgram([target], ["neurons"], VoxelSize);
        var length = target.Channels * Edge * Edge * Edge;
        var (values, mask) = (new byte[length * (target.IsFloat ? sizeof(float) : 1)], new byte[length]);
        var times = new List<double>();
        for (var round = -WarmUp; round < 3 * settings.Rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            program.Begin(sample, halo);
            program.Make(sample, 0, values, mask);
            if (round >= 0)
                times.Add(watch.Elapsed.TotalMilliseconds);
        }

        return Times.Middle(times);
    }

    private static Sample Fill(LabelContent? labels, Grid shape, bool unknown)
    {
        var sample = new Sample();
        sample.Begin(shape.ToIndex(), VoxelType.UInt8, 0, 1, VoxelSize, 1);
        sample.SetWhole(0);
        sample.SetWhole(1);
        var ids = sample.Labels(0);
        for (var i = 0; i < ids.Length; i++)
        {
            var (z, y, x) = (i / shape.Plane, i / shape.X % shape.Y, i % shape.X);
            ids[i] = (1L << 60) + (labels is null ? i * 7919L : labels.At(z, y, x));
            if (labels is not null && labels.At(z, y, x) == 0)
                ids[i] = 0;
        }

        for (var z = 0; unknown && z < shape.Z; z += 8)
            sample.Mask(1).Slice(z * shape.Plane, shape.Plane).Clear();
        return sample;
    }

    private static Grid Cube(int edge) => new(edge, edge, edge);
}

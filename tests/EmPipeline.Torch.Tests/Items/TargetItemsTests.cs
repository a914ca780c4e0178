using EmPipeline.Torch.Tests.Sampling;
using EmPipeline.Volumes;
using TorchSharp;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Tests.Items;

/// <summary>Targets come with their sample, and are made of the labels that it has and of those around it.</summary>
public sealed class TargetItemsTests(TestCatalog catalog)
{
    private const int Edge = 32;
    private static readonly Target[] Targets = [new Boundary(), new Boundary { Name = "inner", Mode = BoundaryMode.Inner, Thickness = NdIndex.Filled(3, 2) }];

    [Fact]
    public async Task A_target_knows_what_lies_around_its_sample()
    {
        using var labelled = await MakeAsync();
        await using var source = await labelled.OpenAsync("", Options());
        var boundaries = 0;
        foreach (var batch in new BlockLoader(source).Epoch())
        {
            using (batch)
            {
                var (values, mask, origins) = (batch.Tensors["boundary"].data<byte>().ToArray(), batch.Tensors["boundary_mask"].data<byte>().ToArray(), batch.Tensors["origin"].data<long>().ToArray());
                for (var i = 0; i < values.Length; i += 5)
                {
                    var (item, at) = (i / (Edge * Edge * Edge), i % (Edge * Edge * Edge));
                    var voxel = new NdIndex(origins.AsSpan(3 * item, 3)) + new NdIndex(at / (Edge * Edge), at / Edge % Edge, at % Edge);
                    var (expected, certain) = Boundary(Id(labelled, voxel), Neighbours(voxel).Select(other => Id(labelled, other)));
                    if (mask[i] != (certain ? 1 : 0) || (certain && values[i] != (expected ? 1 : 0)))
                        Assert.Fail($"{voxel}: got {values[i]}, mask {mask[i]}, expected {expected}, {certain}");
                    boundaries += values[i];
                }
            }
        }

        boundaries.Should().BeGreaterThan(1000);
    }

    [Fact]
    public async Task Targets_are_made_of_what_transforms_left()
    {
        using var labelled = await MakeAsync();
        await using var source = await labelled.OpenAsync("", Options() with { Transforms = [new Misalignment { Probability = 1 }, new Turn(), new Flip(), new Elastic(), new Intensity()] });
        var boundaries = 0;
        foreach (var batch in new BlockLoader(source).Epoch())
        {
            using (batch)
            {
                var (labels, known) = (batch.Labels!.data<long>().ToArray(), batch.Mask!.narrow(1, 1, 1).contiguous().data<byte>().ToArray());
                var (values, mask) = (batch.Tensors["boundary"].data<byte>().ToArray(), batch.Tensors["boundary_mask"].data<byte>().ToArray());
                for (var i = 0; i < values.Length; i += 5)
                {
                    var place = new NdIndex(i / (Edge * Edge) % Edge, i / Edge % Edge, i % Edge);
                    if (Neighbours(place).Any(other => other.ToArray().Any(p => p is < 0 or >= Edge)))
                        continue;
                    var (expected, certain) = Boundary(At(i), Neighbours(place).Select(other => At(i + (int)(((other[0] - place[0]) * Edge * Edge) + ((other[1] - place[1]) * Edge) + other[2] - place[2]))));
                    if (mask[i] != (certain ? 1 : 0) || (certain && values[i] != (expected ? 1 : 0)))
                        Assert.Fail($"{place}: got {values[i]}, mask {mask[i]}, expected {expected}, {certain}");
                    boundaries += values[i];
                }

                long? At(int i) => known[i] == 0 ? null : labels[i];
            }
        }

        boundaries.Should().BeGreaterThan(1000);
    }

    [Fact]
    public async Task Each_target_is_two_tensors_of_a_sample_that_is_otherwise_the_same()
    {
        using var labelled = await MakeAsync();
        var options = Options() with { Values = BlockValues.Stored };
        await using var without = await labelled.OpenAsync("", options with { Targets = [] });
        using var plain = new BlockDataset(without);
        using var dataset = new BlockDataset(await labelled.OpenAsync("", options));
        using var scope = NewDisposeScope();
        var (item, expected) = (dataset.GetTensor(5), plain.GetTensor(5));
        item.Keys.Should().BeEquivalentTo([.. expected.Keys, "boundary", "boundary_mask", "inner", "inner_mask"]);
        foreach (var name in expected.Keys)
            item[name].equal(expected[name]).all().item<bool>().Should().BeTrue(name);
        item["inner"].shape.Should().Equal(1, Edge, Edge, Edge);
        item["inner_mask"].dtype.Should().Be(ScalarType.Byte);
        var block = new byte[dataset.Source.BytesPerBlock];
        await dataset.Source.ReadAsync(5, 0, block);
        block.AsSpan().SequenceEqual(expected["data"].bytes).Should().BeTrue();
    }

    [Theory]
    [InlineData("data", "cells", "*got one of the name 'data'*")]
    [InlineData("boundary", "nuclei", "*got label nuclei for 'boundary', expected one of Labels: cells.")]
    public async Task A_target_of_a_name_that_is_taken_or_of_a_label_that_is_not_chosen_is_refused(string name, string label, string message)
    {
        using var labelled = await MakeAsync();
        var open = () => labelled.OpenAsync("", Options() with { Targets = [new Boundary { Name = name, Label = label }] });
        (await open.Should().ThrowAsync<EmException>()).WithMessage(message).Which.Fault.Should().Be(Fault.Configuration);
    }

    private static BlockOptions Options() => new() { Shape = NdIndex.Filled(3, Edge), RandomCrop = true, Labels = ["cells"], Targets = Targets };

    private static (bool Value, bool Certain) Boundary(long? own, IEnumerable<long?> neighbours)
    {
        var all = neighbours.ToList();
        var differs = own is not null && all.Any(other => other is not null && other != own);
        return (differs, own is not null && (differs || all.TrueForAll(other => other is not null)));
    }

    private static IEnumerable<NdIndex> Neighbours(NdIndex voxel)
    {
        for (var axis = 0; axis < 3; axis++)
        {
            foreach (var step in (int[])[-1, 1])
            {
                var other = voxel;
                other[axis] += step;
                yield return other;
            }
        }
    }

    /// <summary>Null where nobody looked.</summary>
    private static long? Id(LabelledSmall labelled, NdIndex voxel)
    {
        var grid = VoxelGrid.Of(labelled.Label.Shape, labelled.Label.VoxelSize, labelled.Label.Centre);
        var at = new NdIndex(grid.Z.IndexOf(voxel[0] * 8), grid.Y.IndexOf(voxel[1] * 8), grid.X.IndexOf(voxel[2] * 8));
        var isStored = !new Box(at, NdIndex.Filled(3, 1)).Intersect(Box.Whole(labelled.Label.Shape)).IsEmpty;
        return isStored && labelled.At(at) is var value and not 255 ? (long)value : null;
    }

    private Task<LabelledSmall> MakeAsync() => LabelledSmall.MakeAsync(
        catalog, new VoxelSize(16, 16, 16), (4, 4, 4), new NdIndex(60, 80, 70), voxel => new ulong[] { 0, 1, 2, 7, 9, 255 }[(int)(((voxel[0] / 3) + (voxel[1] / 5) + (voxel[2] / 4)) % 6)]);
}

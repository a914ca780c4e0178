using System.Globalization;
using System.Runtime.InteropServices;
using EmPipeline.Explorer.Catalogue;
using EmPipeline.Explorer.Requests;
using EmPipeline.Volumes;
using Microsoft.AspNetCore.Http;

namespace EmPipeline.Explorer.Answers;

/// <summary>What every layer holds at one voxel of the image: grey value and ids as text, exact to 64 bits.</summary>
internal sealed class ValueAnswer(Shown shown)
{
    public async Task<IResult> GetAsync(HttpContext context, string dataset, long z, long y, long x)
    {
        var state = await shown.Catalogue.GetAsync(context.RequestAborted);
        var layers = Ask.Layers(state, dataset);
        var image = layers[0].Levels[0];
        var voxel = new NdIndex(z, y, x);
        if (Enumerable.Range(0, 3).Any(axis => voxel[axis] < 0 || voxel[axis] >= image.Shape[axis]))
            throw RefusedException.NotFound($"voxel {voxel}");
        var values = new Dictionary<string, string?>();
        foreach (var layer in layers)
            values[layer.Name] = await ReadAsync(state, layer.Levels[0], [z * image.Scale[0], y * image.Scale[1], x * image.Scale[2]], context.RequestAborted);
        return TypedResults.Json(new { values }, JsonAnswer.Options);
    }

    /// <summary>The value of the voxel around a place; null outside of the array.</summary>
    private async Task<string?> ReadAsync(CatalogueState state, LayerLevel level, double[] place, CancellationToken cancellation)
    {
        var at = NdIndex.Filled(3, 0);
        for (var axis = 0; axis < 3; axis++)
        {
            at[axis] = (long)Math.Floor(((place[axis] - level.Centre[axis]) / level.Scale[axis]) + 0.5);
            if (at[axis] < 0 || at[axis] >= level.Shape[axis])
                return null;
        }

        var voxel = new byte[level.Type.Size()];
        await shown.Arrays.ReadAsync(level, state.Version, new Box(at, NdIndex.Filled(3, 1)), voxel, cancellation);
        return level.Type switch
        {
            VoxelType.Boolean or VoxelType.UInt8 => Text<byte>(voxel),
            VoxelType.Int8 => Text<sbyte>(voxel),
            VoxelType.Int16 => Text<short>(voxel),
            VoxelType.UInt16 => Text<ushort>(voxel),
            VoxelType.Int32 => Text<int>(voxel),
            VoxelType.UInt32 => Text<uint>(voxel),
            VoxelType.Int64 => Text<long>(voxel),
            VoxelType.UInt64 => Text<ulong>(voxel),
            VoxelType.Float16 => Text<Half>(voxel),
            VoxelType.Float32 => Text<float>(voxel),
            _ => Text<double>(voxel),
        };
    }

    private static string Text<T>(byte[] voxel)
        where T : unmanaged, IFormattable => MemoryMarshal.Read<T>(voxel).ToString(null, CultureInfo.InvariantCulture);
}

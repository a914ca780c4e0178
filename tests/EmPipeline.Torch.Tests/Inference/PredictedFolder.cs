using System.Runtime.InteropServices;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Tests.Inference;

/// <summary>A small volume on disk and what is predicted of it, in a folder of its own.</summary>
internal sealed class PredictedFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public required SyntheticVolume Volume { get; init; }

    public string Array => _folder["em.zarr/s0"];

    public string Group => _folder["em.zarr"];

    public static async Task<PredictedFolder> MakeAsync(NdIndex shape, VoxelType type = VoxelType.UInt8)
    {
        var made = new PredictedFolder { Volume = new SyntheticVolume(shape, type) };
        var options = new RechunkOptions { Levels = 1, Shard = NdIndex.Filled(3, 32), Chunk = NdIndex.Filled(3, 16), Codec = ShardCodec.Zstd(), VoxelSize = new VoxelSize(8, 8, 8) };
        await ZarrRechunk.RunAsync(made.Volume, Box.Whole(shape), made.Group, made._folder["image.shards"], options);
        return made;
    }

    /// <summary>Small everything, values / 255, float32 kept and no labels.</summary>
    public static PredictOptions Options(long tile = 24, long halo = 0, long overlap = 6) => new()
    {
        Channels = ["m"], ModelHash = "test", Tile = NdIndex.Filled(3, tile), Halo = NdIndex.Filled(3, halo), Overlap = NdIndex.Filled(3, overlap), Mean = 0, Deviation = 255,
        Shard = NdIndex.Filled(3, 32), Chunk = NdIndex.Filled(3, 16), Probabilities = ProbabilityStorage.Float32, Labels = LabelRule.None,
    };

    public async Task<PredictionResult> RunAsync(Func<Tensor, Tensor> model, PredictOptions options, CancellationToken cancellation = default)
    {
        await using var predictor = await Predictor.OpenVolumeAsync(Array, cancellation);
        return await predictor.RunAsync(model, options, cancellation: cancellation);
    }

    /// <summary>All voxels of an output's level, C order.</summary>
    public async Task<T[]> ReadAsync<T>(string path = "predictions/m/s0")
        where T : unmanaged
    {
        await using var store = new LocalStore(Path.Combine(Group, path));
        var reader = (await ZarrVolumes.OpenAsync(new VolumePath(store, "")))[0];
        await using (reader)
        {
            var bytes = new byte[reader.Info.DecodedBytes];
            await reader.ReadAsync(Box.Whole(reader.Info.Shape), bytes);
            return MemoryMarshal.Cast<byte, T>(bytes).ToArray();
        }
    }

    /// <summary>Every file of what was predicted, with its bytes as text.</summary>
    public Dictionary<string, string> Snapshot() => new[] { "predictions", "labels" }.Select(name => Path.Combine(Group, name)).Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        .ToDictionary(path => Path.GetRelativePath(Group, path), path => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))));

    public void Dispose() => _folder.Dispose();
}

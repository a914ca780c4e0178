using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using TorchSharp.Modules;

namespace EmPipeline.Train.Segmentation;

/// <summary>What a checkpoint is of.</summary>
/// <param name="Step">How many steps were made.</param>
/// <param name="Samples">Where the loader of samples stands: a <see cref="EmPipeline.Torch.LoaderState"/> as JSON. A run goes on only with the same.</param>
internal sealed record CheckpointState(int Version, string Label, int Step, string Samples)
{
    public const int CurrentVersion = 2;
}

/// <summary>
/// A file with a network's weights, its optimiser's state and how far training is: a zip of three entries, the same bytes for the same content.
/// It is replaced as a whole, so that a kill leaves the one before.
/// </summary>
internal static class Checkpoint
{
    private const string State = "state.json";
    private const string Weights = "weights";
    private const string Optimiser = "optimiser";
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <exception cref="StorageException">Disk full, no permission.</exception>
    public static void Write(string path, UNet3d model, OptimizerHelper optimiser, CheckpointState state)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(archive, State, writer => writer.Write(JsonSerializer.SerializeToUtf8Bytes(state)));
            Add(archive, Weights, writer => model.save(writer));
            Add(archive, Optimiser, optimiser.save_state_dict);
        }

        AtomicFile.Write(path, bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    /// <summary>Restores what was written; null when there is no such file.</summary>
    /// <param name="optimiser">Null where training does not go on.</param>
    /// <exception cref="EmException">It is no checkpoint, or of another version.</exception>
    public static (CheckpointState State, string ModelHash)? Read(string path, UNet3d model, OptimizerHelper? optimiser)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            using var archive = ZipFile.OpenRead(path);
            var state = JsonSerializer.Deserialize<CheckpointState>(Entry(archive, State))!;
            if (state.Version != CheckpointState.CurrentVersion)
                throw new InvalidDataException($"got version {state.Version}, expected {CheckpointState.CurrentVersion}");
            var weights = Entry(archive, Weights);
            Load(weights, reader => model.load(reader));
            if (optimiser is not null)
                Load(Entry(archive, Optimiser), optimiser.load_state_dict);
            return (state, Convert.ToHexStringLower(SHA256.HashData(weights)));
        }
        catch (Exception e) when (e is not EmException)
        {
            throw EmException.Corrupt(path, $"got a file that cannot be read as a checkpoint ({e.Message}), expected one that Train --task segmentation wrote. Remove it and train anew.", e);
        }
    }

    private static void Add(ZipArchive archive, string name, Action<BinaryWriter> write)
    {
        var entry = archive.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = NoTime;
        // By way of memory: the writers ask where they are, which an entry does not know.
        using var content = new MemoryStream();
        using var writer = new BinaryWriter(content);
        write(writer);
        writer.Flush();
        using var stream = entry.Open();
        stream.Write(content.GetBuffer(), 0, (int)content.Length);
    }

    private static byte[] Entry(ZipArchive archive, string name)
    {
        using var stream = (archive.GetEntry(name) ?? throw new InvalidDataException($"got no entry {name}")).Open();
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    private static void Load(byte[] bytes, Action<BinaryReader> load)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        load(reader);
    }
}

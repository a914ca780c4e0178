namespace EmPipeline.Formats.Tests;

/// <summary>
/// Damaged HDF5 files, and Zarr, N5 and precomputed folders of which one file is damaged: voxels or an error that is promised, in bounded
/// time and memory.
/// </summary>
public sealed class HostileFolderTests
{
    private const int LargestFile = 60 << 10, MutationsAFile = 150, MutationsAFolder = 400;

    // PureHDF makes room for a name or heap of the length that a header claims, up to 2 GiB, before it reads; that memory is never touched.
    private const long Hdf5Bytes = 16L << 30;

    public static IEnumerable<TheoryDataRow<string>> Hdf5Files() =>
        Rows(Directory.EnumerateFiles(SharedData.Fixture("hdf5"), "*.h5").Where(path => new FileInfo(path).Length <= LargestFile));

    public static IEnumerable<TheoryDataRow<string>> Folders() =>
        Rows(((string[])["zarr2", "zarr3", "n5", "precomputed"]).Select(SharedData.Fixture).Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories)
            // What the others hold, as plain bytes.
            .Where(folder => Path.GetFileName(folder) != "voxels" && Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Any()));

    [Theory]
    [MemberData(nameof(Hdf5Files))]
    public async Task A_damaged_file_gives_voxels_or_an_error_of_ours(string name)
    {
        var file = await File.ReadAllBytesAsync(SharedData.Fixture(name), TestContext.Current.CancellationToken);
        (await HostileInput.OpenAndReadAllAsync(new Mutation("whole", file), Path.GetFileName(name), freeBytes: Hdf5Bytes)).Should().BePositive("the damage is what is refused");
        foreach (var mutation in Mutation.Of(file, seed: 2, MutationsAFile))
            await HostileInput.OpenAndReadAllAsync(mutation, Path.GetFileName(name), freeBytes: Hdf5Bytes);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task A_damaged_file_in_a_folder_gives_voxels_or_an_error_of_ours(string name)
    {
        var root = SharedData.Fixture(name);
        var key = Path.GetFileName(name);
        var objects = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .ToDictionary(path => $"{key}/{Path.GetRelativePath(root, path).Replace('\\', '/')}", File.ReadAllBytes);
        (await HostileInput.OpenAndReadAllAsync(objects, key, "whole")).Should().BePositive("the damage is what is refused");
        // Metadata is where most can go wrong: every such file, and of the others some.
        var damageable = objects.Keys.Where(IsMetadata).Concat(objects.Keys.Where(file => !IsMetadata(file)).Take(12)).ToArray();
        var each = Math.Max(4, MutationsAFolder / damageable.Length);
        foreach (var file in damageable)
        {
            var whole = objects[file];
            foreach (var mutation in Mutation.Of(whole, seed: 3, each).Concat(IsMetadata(file) ? HostileJson.Mutations(whole, seed: 4, each) : []))
            {
                objects[file] = mutation.Bytes;
                await HostileInput.OpenAndReadAllAsync(objects, key, $"{file}: {mutation.What}");
            }

            objects[file] = whole;
        }
    }

    private static bool IsMetadata(string key) => Path.GetFileName(key) is "info" or ".zarray" or ".zattrs" or ".zgroup" or ".zmetadata" or "zarr.json" or "attributes.json";

    private static IEnumerable<TheoryDataRow<string>> Rows(IEnumerable<string> paths) =>
        paths.Select(path => Path.GetRelativePath(SharedData.Fixture(""), path).Replace('\\', '/')).Order(StringComparer.Ordinal)
            .Select(name => new TheoryDataRow<string>(name) { TestDisplayName = $"Damaged {name}" });
}

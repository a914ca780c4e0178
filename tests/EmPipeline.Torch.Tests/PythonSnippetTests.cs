using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests;

/// <summary>The Python of the documents, as it stands, finds in a data folder what C# does. Skipped where EMPIPELINE_PYTHON (or python3) lacks zarr-python 3 or DuckDB.</summary>
public sealed partial class PythonSnippetTests(TestCatalog catalog)
{
    [Fact]
    public async Task The_python_of_the_documents_reads_the_same_blocks()
    {
        // The dataset's name is the only thing that is another.
        var snippets = Snippet().Matches(await File.ReadAllTextAsync(Repository.File("docs/DATA_ACCESS_DESIGN.md"), TestContext.Current.CancellationToken));
        var snippet = snippets.Should().ContainSingle().Subject.Groups[1].Value.Replace("hemibrain", "cube", StringComparison.Ordinal);
        using var folder = new TemporaryFolder();
        Directory.CreateSymbolicLink(folder["data"], catalog.Root);
        await File.WriteAllTextAsync(folder["snippet.py"], snippet, TestContext.Current.CancellationToken);
        await using (var source = await BlockSource.OpenAsync(catalog.Folder, "dataset = 'cube'", new BlockOptions { Shape = NdIndex.Filled(3, 128), Values = BlockValues.Stored }, TestContext.Current.CancellationToken))
        {
            var (lines, voxels) = (new List<string>(), new byte[source.BytesPerBlock]);
            for (var i = 0; i < source.Blocks.Count; i++)
            {
                await source.ReadAsync(i, 0, voxels, TestContext.Current.CancellationToken);
                var (block, shape) = (source.Blocks[i], catalog.Volumes["cube"].Info.Shape);
                // Python's slices end where the volume does.
                var inside = new Box(block.Origin, NdIndex.Filled(3, 128)).Intersect(Box.Whole(shape));
                var cut = new byte[inside.Volume];
                StridedCopy.Copy(voxels, new Box(block.Origin, NdIndex.Filled(3, 128)), cut, inside, 1);
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{block.Z} {block.Y} {block.X} {Convert.ToHexStringLower(SHA256.HashData(cut))}"));
            }

            await File.WriteAllLinesAsync(folder["expected"], lines, TestContext.Current.CancellationToken);
        }

        var python = Environment.GetEnvironmentVariable("EMPIPELINE_PYTHON") ?? "python3";
        (await OtherSoftware.RunAsync(python, "snippet.py", folder["snippet.py"], folder.Path, folder["expected"])).Should().Contain(" equal");
    }

    [GeneratedRegex(@"^```python\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Snippet();
}

using EmPipeline.Formats.Precomputed;

namespace EmPipeline.Formats.Tests.Precomputed;

/// <summary>Writes the files of a crop as their contents say, one read after the other.</summary>
internal static class CropCopy
{
    public static async Task<List<CropContent>> WriteAsync(CropPlan plan, string folder)
    {
        var contents = new List<CropContent>();
        foreach (var file in plan.Files)
        {
            if (await PrecomputedCrop.ContentAsync(plan, file) is not { } content)
                continue;
            var bytes = new byte[content.Length];
            foreach (var (offset, own) in content.Own)
                own.CopyTo(bytes.AsMemory((int)offset));
            foreach (var read in content.Reads)
            {
                var piece = new byte[read.Length];
                (await plan.Source.Store.ReadAsync(content.Source!.Value.Key, read.Offset, piece)).Should().BeTrue();
                foreach (var (from, to, length) in read.Moves)
                    piece.AsSpan((int)(from - read.Offset), (int)length).CopyTo(bytes.AsSpan((int)to));
            }

            var path = Path.Combine(folder, content.RelativeName);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, bytes);
            contents.Add(content);
        }

        return contents;
    }
}

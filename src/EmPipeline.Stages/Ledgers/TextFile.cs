using System.Text;
using EmPipeline.Storage;

namespace EmPipeline.Stages.Ledgers;

/// <summary>Small files of text that keep their time when their content does not change.</summary>
internal static class TextFile
{
    public static async Task WriteIfChangedAsync(string path, string text, CancellationToken cancellation)
    {
        if (!File.Exists(path) || await File.ReadAllTextAsync(path, cancellation) != text)
            await AtomicFile.WriteAsync(path, Encoding.UTF8.GetBytes(text), cancellation: cancellation);
    }
}

using System.Text;
using System.Text.Json;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Sections;

namespace EmPipeline.Stages.Rechunk;

/// <summary>The file that says what is known of an image's sections: a JSON object a section, by index.</summary>
internal static class SectionList
{
    public static Task WriteAsync(string path, IEnumerable<SectionRecord> sections, CancellationToken cancellation) => AtomicFile.WriteAsync(
        path, sections.Select(section => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(JsonSerializer.Serialize(section, CanonicalJson.Line) + "\n")), cancellation: cancellation);

    /// <exception cref="EmException">It is gone, or damaged.</exception>
    public static IEnumerable<SectionRecord> Read(string path)
    {
        IEnumerable<string> lines;
        try
        {
            lines = File.ReadLines(path);
        }
        catch (IOException e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Damaged(path, e);
        }

        return lines.Select(line => Parse(path, line));
    }

    private static SectionRecord Parse(string path, string line)
    {
        try
        {
            return JsonSerializer.Deserialize<SectionRecord>(line, CanonicalJson.Line) ?? throw Damaged(path, null);
        }
        catch (JsonException e)
        {
            throw Damaged(path, e);
        }
    }

    private static EmException Damaged(string path, Exception? cause) =>
        EmException.Corrupt(path, "got no list of sections, expected a JSON object a line. Delete it and run Rechunk again: it makes it anew.", cause);
}

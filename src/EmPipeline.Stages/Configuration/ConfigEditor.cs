using System.Text;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace EmPipeline.Stages.Configuration;

/// <summary>Puts lines into a configuration file, and leaves every other character of it alone.</summary>
internal static class ConfigEditor
{
    /// <summary>The file's text with one dataset more, after the last that there is.</summary>
    /// <param name="lines">Its lines, the first of them not indented.</param>
    /// <exception cref="EmException">The file is not laid out in a way that can be added to, or the result is no right configuration.</exception>
    public static string WithDataset(PipelineConfig config, string name, IReadOnlyList<string> lines)
    {
        var text = File.ReadAllText(config.Path);
        var ending = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        // Each line with its own '\r', if it has one.
        var all = text.Split('\n').ToList();
        var added = ending[..^1];
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        var root = (YamlMappingNode)stream.Documents[0].RootNode;
        var (key, node) = root.Children.Single(pair => pair.Key is YamlScalarNode { Value: "datasets" });
        if (root.Style == MappingStyle.Flow || node is not YamlMappingNode { Style: not MappingStyle.Flow } datasets)
            throw Refused(config, "datasets on one line, { … }, expected a line each", lines);
        var indent = (int)datasets.Children.First().Key.Start.Column - 1;

        // Up to the next key at the top, without the comments and empty lines that belong to that.
        var end = (int)root.Children.Select(pair => pair.Key.Start.Line - 1).Where(line => line >= key.Start.Line).Append(all.Count).Min();
        if (all.FindIndex((int)key.Start.Line, line => line.TrimEnd('\r') is "..." or "---") is var stop and >= 0)
            end = Math.Min(end, stop);
        while (all[end - 1].Trim().Length == 0 || (all[end - 1].TrimStart().StartsWith('#') && all[end - 1].Length - all[end - 1].TrimStart().Length < indent))
            end--;
        if (end == all.Count)
            all[^1] += added;
        all.InsertRange(end, [.. ((string[])["", .. lines.Select(line => new string(' ', indent) + line)]).Select(line => line + added), .. end == all.Count ? (string[])[""] : []]);
        var edited = string.Join('\n', all);
        Check(config, name, edited, lines);
        return edited;
    }

    /// <summary>Replaces the file by the edited text, whole or not at all.</summary>
    /// <exception cref="EmException">The file's bytes are no UTF-8: some of them would be lost.</exception>
    public static async Task WriteAsync(PipelineConfig config, string edited, CancellationToken cancellation)
    {
        var bytes = await File.ReadAllBytesAsync(config.Path, cancellation);
        var encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble));
        if (!encoding.GetBytes(encoding.GetString(bytes)).AsSpan().SequenceEqual(bytes))
            throw new EmException(Fault.Configuration, $"{config.Path}: got bytes that are no UTF-8, expected none. Save the file as UTF-8 and run this again. Nothing was written.");
        // A link stays one.
        var target = File.ResolveLinkTarget(config.Path, returnFinalTarget: true)?.FullName ?? config.Path;
        await AtomicFile.WriteAsync(target, (byte[])[.. encoding.Preamble, .. encoding.GetBytes(edited)], cancellation: cancellation);
    }

    // Read as it will be read, before the file is touched.
    private static void Check(PipelineConfig config, string name, string edited, IReadOnlyList<string> lines)
    {
        try
        {
            var read = ConfigReader.Read(config.Path, edited);
            if (read.Datasets.Select(dataset => dataset.Name).SequenceEqual([.. config.Datasets.Select(dataset => dataset.Name), name]))
                return;
        }
        catch (EmException e)
        {
            throw Refused(config, $"a configuration that is wrong once they are added ({e.Message}), expected a right one", lines);
        }

        throw Refused(config, "a layout that they cannot be added to, expected a line a dataset, indented alike", lines);
    }

    private static EmException Refused(PipelineConfig config, string got, IReadOnlyList<string> lines) =>
        new(Fault.Configuration, $"{config.Path}: got {got}. Nothing was written; add these lines to 'datasets' yourself:\n{string.Join('\n', lines.Select(line => "  " + line))}");
}

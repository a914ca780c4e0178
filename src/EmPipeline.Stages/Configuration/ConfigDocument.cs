using System.Globalization;
using System.Text.Json.Nodes;
using EmPipeline.Volumes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace EmPipeline.Stages.Configuration;

/// <summary>A YAML document as JSON, with the line of every key and what was found wrong so far. Not safe for concurrent use.</summary>
internal sealed class ConfigDocument
{
    private readonly Dictionary<string, long> _lines = [];
    private readonly HashSet<string> _wrong = [];
    private readonly SortedSet<(long Line, string Text)> _problems = [];

    private ConfigDocument(string file) => File = file;

    public string File { get; }

    public JsonObject Root { get; private set; } = [];

    /// <summary>The line (1-based) of the key at a dotted path; of its nearest known parent otherwise.</summary>
    public long LineOf(string path)
    {
        for (; path.Length > 0; path = path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))])
        {
            if (_lines.TryGetValue(path, out var line))
                return line;
        }

        return 1;
    }

    /// <summary>Takes note of a mistake: "FILE:LINE: key: got X, expected Y."</summary>
    /// <param name="path">The dotted path of the key; "" for the whole file.</param>
    public void Report(string path, string got, string expected)
    {
        var line = LineOf(path);
        _problems.Add((line, $"{File}:{line}: {(path.Length == 0 ? "(top)" : path)}: got {got}, expected {expected}."));
        _wrong.Add(path);
    }

    /// <summary>Whether something was reported at a path or below it.</summary>
    public bool IsWrong(string path) => _wrong.Any(wrong => wrong == path || (wrong.StartsWith(path, StringComparison.Ordinal) && wrong[path.Length] is '.' or '['));

    /// <exception cref="EmException">Something was reported; a line each, in the file's order.</exception>
    public void ThrowIfWrong()
    {
        if (_problems.Count > 0)
            throw new EmException(Fault.Configuration, string.Join('\n', _problems.Select(problem => problem.Text)));
    }

    /// <param name="content">What the file would have; null for what it has.</param>
    /// <exception cref="EmException">No such file, or not YAML.</exception>
    public static ConfigDocument Read(string file, string? content = null)
    {
        var result = new ConfigDocument(file);
        var stream = new YamlStream();
        try
        {
            using TextReader text = content is null ? new StreamReader(file) : new StringReader(content);
            stream.Load(text);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new EmException(Fault.Configuration, $"{file}: no such file. Give another with --config FILE.");
        }
        catch (YamlException e)
        {
            throw new EmException(Fault.Configuration, $"{file}:{e.Start.Line}: not valid YAML: {e.InnerException?.Message ?? e.Message}");
        }

        if (stream.Documents.Count != 1 || stream.Documents[0].RootNode is not YamlMappingNode root)
            throw new EmException(Fault.Configuration, $"{file}:1: got {stream.Documents.Count} YAML documents, expected one map with 'version' and 'datasets'.");
        // Parsed again so that every number converts to whichever type asks for it.
        result.Root = (JsonObject)JsonNode.Parse(result.Convert(root, "")!.ToJsonString())!;
        return result;
    }

    private JsonNode? Convert(YamlNode node, string path)
    {
        _lines.TryAdd(path, node.Start.Line);
        switch (node)
        {
            case YamlMappingNode map:
                var members = new JsonObject();
                foreach (var (key, value) in map.Children)
                {
                    if (key is not YamlScalarNode { Value: { } name })
                        throw new EmException(Fault.Configuration, $"{File}:{key.Start.Line}: got a key that is no plain text, expected a name.");
                    var child = path.Length == 0 ? name : $"{path}.{name}";
                    _lines[child] = key.Start.Line;
                    members[name] = Convert(value, child);
                }

                return members;
            case YamlSequenceNode sequence:
                var items = new JsonArray();
                for (var i = 0; i < sequence.Children.Count; i++)
                    items.Add(Convert(sequence.Children[i], $"{path}[{i}]"));
                return items;
            case YamlScalarNode { Style: ScalarStyle.Plain } scalar:
                return Plain(scalar.Value ?? "");
            default:
                return JsonValue.Create(((YamlScalarNode)node).Value);
        }
    }

    // The core schema of YAML 1.2, as far as a configuration needs it.
    private static JsonNode? Plain(string text)
    {
        if (text is "" or "~" or "null")
            return null;
        if (text is "true" or "false")
            return JsonValue.Create(text == "true");
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
            return JsonValue.Create(integer);
        // Ids of labels use all 64 bits; as text they stay exact whatever reads them.
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return JsonValue.Create(text);
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            return JsonValue.Create(number);
        return JsonValue.Create(text);
    }
}

using System.Text;

namespace EmPipeline.CommandLine;

/// <summary>How MSBuild is started for a command.</summary>
internal static class GraphRun
{
    public static List<string> Arguments(Command command, string root, string sdk)
    {
        var logger = $"-logger:EmPipeline.Build.Logging.PipelineLogger,\"{Path.Combine(root, "artifacts", "pipeline", "EmPipeline.Build.dll")}\";target={command.Target.Name}";
        return
        [
            "msbuild", Path.Combine(root, "build", "Pipeline.proj"), $"-t:{command.Target.Name}",
            .. Properties(command, root).Select(property => $"-p:{property.Name}={Escape(property.Value)}"),
            // One process, a thread a dataset, where this MSBuild can; else a process a dataset.
            "-m:8", .. OneProcess(sdk) ? ["-mt"] : Array.Empty<string>(),
            "-nologo", "-noconsolelogger", command["plain"] is null ? logger : logger + ";plain",
        ];
    }

    /// <summary>
    /// Every parameter, given or not, since MSBuild takes what has no value from the environment; then the places that follow from them.
    /// Pipeline.proj passes them on to the datasets' projects unseen.
    /// </summary>
    public static IEnumerable<(string Name, string Value)> Properties(Command command, string root)
    {
        var values = Parameter.All.ToDictionary(parameter => parameter.Property, parameter => command.Values.GetValueOrDefault(parameter, ""));
        var demo = Path.Combine(root, "data", "demo");
        var isDemo = command.Target.Name == "Demo";
        void Default(string name, string value) => values[name] = values[name].Length > 0 ? values[name] : value;

        // Without --data and --config, Status and Train know of the Demo's folder too.
        values["DemoData"] = command["data"] is null && command["config"] is null ? demo : "";
        Default("Config", Path.Combine(root, "pipeline.yaml"));
        Default("Data", isDemo ? demo : Path.Combine(root, "data"));
        // What the Demo made is held to the Demo's lock file by every target.
        var own = Path.Combine(values["Data"], "pipeline.lock.json");
        Default("Lock", isDemo || File.Exists(own) ? own : Path.Combine(Path.GetDirectoryName(values["Config"])!, "pipeline.lock.json"));
        values["Mirror"] = isDemo ? Path.Combine(values["Data"], "mirror") : "";
        return values.Select(pair => (pair.Key, pair.Value));
    }

    // Before feature band 10.0.4xx MSBuild does not know -mt.
    private static bool OneProcess(string sdk) => !(sdk.StartsWith("10.0.", StringComparison.Ordinal) && sdk.Length > 5 && sdk[5] is '1' or '2' or '3');

    /// <summary>MSBuild's own escapes, for every character that it, a shell or a switch could read.</summary>
    public static string Escape(string value)
    {
        var escaped = new StringBuilder(value.Length);
        foreach (var c in value)
            _ = c >= 128 || char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-' or ':' ? escaped.Append(c) : escaped.Append('%').Append(((int)c).ToString("X2"));
        return escaped.ToString();
    }
}

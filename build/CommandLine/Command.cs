namespace EmPipeline.CommandLine;

/// <summary>A command line that makes sense: a target that exists and what it was given, by parameter.</summary>
internal sealed record Command(Target Target, IReadOnlyDictionary<Parameter, string> Values)
{
    /// <summary>How the user calls this program.</summary>
    public static string Script => OperatingSystem.IsWindows() ? "build.cmd" : "./build.sh";

    private static string Place => Path.GetFileName(Script);

    public string? this[string parameter] => Values.GetValueOrDefault(Parameter.Find(parameter)!);

    /// <summary>Reads [TARGET] [--parameter value | --parameter=value | --flag ...]. Every character may stand in a value.</summary>
    /// <exception cref="UsageException">A target, parameter or value is not what it can be.</exception>
    public static Command Parse(IReadOnlyList<string> arguments)
    {
        Target? target = null;
        var values = new Dictionary<Parameter, string>();
        Parameter? flag = null;
        for (var i = 0; i < arguments.Count; i++)
        {
            var word = arguments[i];
            if (!word.StartsWith('-'))
            {
                var found = Target.Find(word) ?? throw UnknownTarget(word, flag);
                target = target is null ? found : throw new UsageException($"{Place}: got two targets, {target.Name} and {found.Name}, expected one. A target runs what it needs by itself.");
                flag = null;
                continue;
            }

            var (name, value) = word.IndexOf('=') is var at and > 0 ? (word[..at], word[(at + 1)..]) : (word, null);
            var parameter = (name.StartsWith("--", StringComparison.Ordinal) ? Parameter.Find(name[2..]) : null) ?? throw UnknownParameter(name);
            flag = parameter.Kind == ParameterKind.Flag ? parameter : null;
            if (flag is not null)
            {
                values[parameter] = value is null ? "true" : throw new UsageException($"{parameter.Option}: got '{value}', expected nothing: it is a flag, given or not.");
                continue;
            }

            if (value is null && i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal))
                value = arguments[++i];
            if (value is null)
            {
                var hint = i + 1 < arguments.Count && Parameter.Find(arguments[i + 1][2..]) is null ? $" A value that begins with -- is written {parameter.Option}={arguments[i + 1]}" : "";
                throw new UsageException($"{parameter.Option}: got no value, expected {parameter.Expected}.{hint}");
            }

            value = parameter.Read(value);
            if (parameter.Kind == ParameterKind.List && values.TryGetValue(parameter, out var before))
                value = before + "+" + value;
            else if (values.ContainsKey(parameter))
                throw new UsageException($"{parameter.Option}: got it twice, expected one value.");
            values[parameter] = value;
        }

        var command = new Command(target ?? Target.Find(Target.Default)!, values);
        command.RequireTaken();
        return command;
    }

    // A parameter that the target would ignore is a mistake too.
    private void RequireTaken()
    {
        if (Values.Keys.FirstOrDefault(parameter => !parameter.IsTakenBy(Target)) is not { } wrong)
            return;
        var taken = string.Join(", ", Parameter.All.Where(parameter => parameter.IsTakenBy(Target)).Select(parameter => parameter.Option));
        throw new UsageException($"{Place}: got {wrong.Option} for {Target.Name}, expected only {taken}. {wrong.Option} is for {string.Join(", ", wrong.Targets)}.");
    }

    private static UsageException UnknownTarget(string got, Parameter? flag) => new(
        $"{Place}: got target '{got}', expected one of {string.Join(", ", Target.All.Select(target => target.Name))}."
        + Suggest(Nearest.To(got, Target.All.Select(target => target.Name)))
        + (flag is null ? "" : $" {flag.Option} before it is a flag and takes no value.")
        + $" {Script} --help explains them.");

    private static UsageException UnknownParameter(string got) => new(
        $"{Place}: got {got}, expected one of {string.Join(", ", Parameter.All.Select(parameter => parameter.Option))}."
        + Suggest(Nearest.To(got, Parameter.All.Select(parameter => parameter.Option)))
        + $" {Script} --help explains them.");

    private static string Suggest(string? nearest) => nearest is null ? "" : $" Did you mean {nearest}?";
}

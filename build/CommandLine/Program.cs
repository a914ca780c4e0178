// What build.sh and build.cmd start: it reads the command line, builds the pipeline when its source changed, and becomes MSBuild.
using EmPipeline.CommandLine;

// This file's own place is ROOT/artifacts/bin/EmPipeline.CommandLine/release/.
var root = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", ".."));
var sdk = Environment.GetEnvironmentVariable("EMPIPELINE_SDK") ?? "";
if (args.Any(argument => argument is "--help" or "-h" or "-?") || args is ["help" or "Help", ..])
{
    Console.Write(HelpText.Make());
    return 0;
}

if (args is ["--version"])
{
    Console.WriteLine($"EmPipeline {typeof(Command).Assembly.GetName().Version!.ToString(3)}, .NET SDK {sdk}");
    return 0;
}

try
{
    var command = Command.Parse(args);
    return new PipelineBuild(root, sdk).EnsureBuilt() ? Become.Program("dotnet", GraphRun.Arguments(command, root, sdk)) : 1;
}
catch (UsageException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace EmPipeline.Build.Tests.Documents;

/// <summary>The C# of all documents compiles against the libraries as they are, given what its text takes for granted.</summary>
public sealed partial class SnippetTests
{
    // What a reader has at hand where a snippet stands.
    private const string Context = """
        internal abstract class Context
        {
            protected static readonly BlockOptions options = new();
            protected static readonly BlockSource source = null!;
            protected static readonly BlockLoader loader = null!;
            protected static readonly int rank = 0, ranks = 1;
            protected static string? saved = null;
            protected static readonly torch.nn.Module<torch.Tensor, torch.Tensor> network = null!;
            protected static bool Step(params object[] tensors) => tensors.Length > 0;
        }

        """;

    [Fact]
    public async Task The_snippets_of_all_documents_compile()
    {
        using var folder = new TemporaryFolder();
        var (text, count) = (new StringBuilder(), 0);
        foreach (var document in Document.All)
        {
            foreach (var snippet in document.Blocks("csharp"))
            {
                text.AppendLine($"internal sealed class Snippet{++count} : Context").AppendLine("{").AppendLine("    public static async Task RunAsync()").AppendLine("    {")
                    .AppendLine($"#line 1 \"{document.Name}, snippet {count}\"").AppendLine(Using().Replace(snippet, "")).AppendLine("        await Task.CompletedTask;").AppendLine("    }").AppendLine("}");
            }
        }

        count.Should().BeGreaterThan(8);
        var usings = string.Concat(((string[])["System", "System.Collections.Generic", "System.Linq", "System.Threading.Tasks", "EmPipeline.Torch", "EmPipeline.Volumes", "EmPipeline.Zarr", "EmPipeline.Storage", "TorchSharp"]).Select(name => $"using {name};\n"));
        folder.Write("Snippets.cs", $"#nullable enable\n{usings}{Context}{text}");
        var (code, output) = await CompileAsync(folder["Snippets.cs"], folder["Snippets.dll"]);
        code.Should().Be(0, output);
    }

    private static async Task<(int Code, string Output)> CompileAsync(string source, string target)
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var sdks = Directory.EnumerateDirectories(Path.Combine(framework, "..", "..", "..", "sdk"), "10.*").Order(StringComparer.Ordinal);
        var libraries = Directory.EnumerateFiles(Repository.File("artifacts/bin/EmPipeline.Train/release"), "*.dll")
            .Where(file => Path.GetFileName(file) is var name && (name.StartsWith("EmPipeline.", StringComparison.Ordinal) || name == "TorchSharp.dll"));
        var references = Directory.EnumerateFiles(framework, "System*.dll").Append(Path.Combine(framework, "netstandard.dll")).Concat(libraries).Select(file => $"-r:{file}");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(sdks.Last(), "Roslyn", "bincore", "csc.dll"), "-nologo", "-noconfig", "-target:library", "-nullable", $"-out:{target}", .. references, source])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await error);
    }

    [GeneratedRegex(@"^using [\w.]+;\n", RegexOptions.Multiline)]
    private static partial Regex Using();
}

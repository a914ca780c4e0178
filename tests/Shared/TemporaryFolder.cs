namespace EmPipeline.Tests;

/// <summary>A folder of one test's own that is gone after it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("empipeline-test-").FullName;

    /// <summary>The full path of a name in the folder, whether or not there is anything.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a text file, making its folder.</summary>
    /// <returns>Its full path.</returns>
    public string Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], text);
        return this[name];
    }

    /// <summary>Writes a file, making its folder.</summary>
    public async Task WriteAsync(string name, byte[] bytes)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(this[name])!);
        await File.WriteAllBytesAsync(this[name], bytes);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

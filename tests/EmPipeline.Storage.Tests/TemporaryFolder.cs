namespace EmPipeline.Storage.Tests;

/// <summary>A folder of one test's own, removed with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("empipeline-").FullName;

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public async Task WriteAsync(string name, byte[] bytes)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(name))!);
        await File.WriteAllBytesAsync(At(name), bytes);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

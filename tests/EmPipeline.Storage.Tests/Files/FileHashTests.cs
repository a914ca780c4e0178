namespace EmPipeline.Storage.Tests;

public sealed class FileHashTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // The digests of FIPS 180 and RFC 1321, and of a million times "a".
    [Theory]
    [InlineData("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "900150983cd24fb0d6963f7d28e17f72")]
    [InlineData("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", "7707d6ae4e027c70eea2a935c2296f21")]
    public async Task Hashes_known_texts(string text, int times, string sha256, string md5)
    {
        await File.WriteAllTextAsync(_folder["text"], string.Concat(Enumerable.Repeat(text, times)));
        (await FileHash.Sha256Async(_folder["text"])).Should().Be(sha256);
        (await FileHash.Md5Async(_folder["text"])).Should().Be(md5);
    }
}

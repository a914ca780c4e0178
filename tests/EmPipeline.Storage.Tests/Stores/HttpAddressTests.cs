namespace EmPipeline.Storage.Tests;

public class HttpAddressTests
{
    [Theory]
    [InlineData("https://h.example/data/%20Electron_Hippocampus/", "volumedata.tif", "https://h.example/data/%20Electron_Hippocampus/volumedata.tif")]
    [InlineData("https://h.example/data/%20Electron_Hippocampus", "volumedata.tif", "https://h.example/data/%20Electron_Hippocampus/volumedata.tif")]
    [InlineData("https://h.example/data", " a b/c%20d", "https://h.example/data/%20a%20b/c%2520d")]
    [InlineData("https://h.example", "a#b?c", "https://h.example/a%23b%3Fc")]
    [InlineData("https://h.example/x", "µm/ü", "https://h.example/x/%C2%B5m/%C3%BC")]
    [InlineData("https://h.example/x/", "", "https://h.example/x/")]
    [InlineData("https://h.example/x?alt=media", "a/b", "https://h.example/x/a/b?alt=media")]
    public async Task Root_stays_as_written_and_keys_are_escaped_once(string root, string key, string url)
    {
        await using var store = new HttpStore(new Uri(root));
        store.Locate(key).Should().Be(url);
        new Uri(url).AbsoluteUri.Should().Be(url, "that is what goes over the wire");
    }
}

using CsCheck;

namespace EmPipeline.Storage.Tests;

public sealed class KeySetTests
{
    [Fact]
    public void Just_the_keys_that_were_given_are_in_it() =>
        Gen.Select(Gen.String.Array[0, 100], Gen.String.Array[0, 100]).Sample((given, asked) =>
        {
            var set = new KeySet(given);
            Assert.All(given, key => Assert.True(set.Contains(key)));
            Assert.All(asked, key => Assert.Equal(given.Contains(key, StringComparer.Ordinal), set.Contains(key)));
        });

    [Fact]
    public async Task A_store_of_some_keys_sees_those_and_no_others_of_its_folder()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            foreach (var name in new[] { "a.tif", "b.tif", "Thumbs.db" })
                await File.WriteAllTextAsync(Path.Combine(folder, name), name, TestContext.Current.CancellationToken);
            await using var store = new LocalStore(folder, new KeySet(["a.tif", "b.tif", "absent.tif"]));

            Assert.NotNull(await store.FindAsync("a.tif", TestContext.Current.CancellationToken));
            Assert.Null(await store.FindAsync("Thumbs.db", TestContext.Current.CancellationToken));
            Assert.Null(await store.FindAsync("absent.tif", TestContext.Current.CancellationToken));
            Assert.False(await store.ReadAsync("Thumbs.db", 0, new byte[1], TestContext.Current.CancellationToken));
            var listed = await store.ListAsync("", TestContext.Current.CancellationToken).Select(found => found.Key).ToListAsync(TestContext.Current.CancellationToken);
            Assert.Equal(["a.tif", "b.tif"], listed.Order(StringComparer.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

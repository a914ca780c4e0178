using CsCheck;
using EmPipeline.Stages.Download;

namespace EmPipeline.Stages.Tests.Download;

public sealed class LockedObjectsTests
{
    private static readonly Gen<string> Name = Gen.OneOf(Gen.String[Gen.Char["ab/é"], 0, 6], Gen.Int[0, 40].Select(number => $"c/{number}"));

    private static readonly Gen<LockedObject> Object =
        from key in Name
        from url in Gen.OneOf(Name, Gen.Const("https://x.org/" + key), Gen.String[Gen.Char.AlphaNumeric, 2000, 3000])
        from length in Gen.OneOf(Gen.Long, Gen.Long[0, 1000])
        from etag in Name.Null()
        from sha256 in Gen.OneOf(Name, Gen.Byte.Array[32].Select(Convert.ToHexStringLower), Gen.Byte.Array[32].Select(Convert.ToHexString))
        from published in Name.Null()
        select new LockedObject(key, url, length, etag, sha256, published);

    [Fact]
    public void They_are_what_a_sorted_dictionary_holds()
    {
        Object.Array[0, 200].Sample(objects =>
        {
            var naive = new SortedDictionary<string, LockedObject>(StringComparer.Ordinal);
            var packed = new LockedObjects();
            foreach (var one in objects)
            {
                packed.Add(one);
                naive[one.Key] = one;
            }

            packed.Should().Equal(naive.Values);
            packed.Count.Should().Be(naive.Count);
            foreach (var key in objects.Select(one => one.Key).Append("absent"))
                packed.Find(key).Should().Be(naive.GetValueOrDefault(key));
            (packed.Twice is null).Should().Be(naive.Count == objects.Length);
        });
    }

    [Fact]
    public void Many_take_little_more_than_their_hashes()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var packed = new LockedObjects();
        for (var i = 0; i < 100_000; i++)
            packed.Add(new LockedObject($"0/{i / 1000}/{i % 1000}", $"https://x.org/volume/0/{i / 1000}/{i % 1000}", i, null, i.ToString("x64")));
        (GC.GetTotalMemory(forceFullCollection: true) - before).Should().BeLessThan(100_000 * 100);
        packed.Count.Should().Be(100_000);
    }
}

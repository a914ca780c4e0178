using System.Buffers.Binary;
using System.IO.Hashing;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Zarr.Tests.V2;

/// <summary>The checksum filters, also those that are newer than the numcodecs that wrote the fixtures.</summary>
public sealed class ChecksumFilterTests
{
    [Theory]
    [InlineData("crc32c", "", true)]
    [InlineData("crc32c", "\"location\": \"start\"", false)]
    [InlineData("crc32", "", false)]
    [InlineData("crc32", "\"location\": \"end\"", true)]
    [InlineData("adler32", "", false)]
    [InlineData("fletcher32", "", true)]
    public async Task A_checksum_is_taken_off_and_held_against_the_voxels(string id, string location, bool atEnd)
    {
        byte[] voxels = [1, 2, 3, 4, 5, 6];
        var sum = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(sum, id switch
        {
            "crc32c" => Crc32C.Compute(voxels),
            "crc32" => Crc32.HashToUInt32(voxels),
            "adler32" => Adler32.HashToUInt32(voxels),
            _ => Fletcher32.Compute(voxels),
        });
        var store = new MemoryStore { ["0"] = atEnd ? [.. voxels, .. sum] : [.. sum, .. voxels] }.With(".zarray", $$"""
            {"zarr_format": 2, "shape": [6], "chunks": [6], "dtype": "|u1", "compressor": null, "fill_value": 0, "order": "C",
             "filters": [{"id": "{{id}}"{{(location.Length == 0 ? "" : ", " + location)}}}]}
            """);
        await using (var reader = await store.OneAsync())
            (await reader.ReadAllAsync()).Should().Equal(voxels);

        store["0"][5] ^= 1;
        (await store.ErrorAsync()).Fault.Should().Be(Fault.Corrupt);
    }
}

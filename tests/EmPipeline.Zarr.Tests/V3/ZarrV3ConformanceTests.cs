using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Tests.V3;

/// <summary>Every layout of tests/data/zarr3, written by the script beside them.</summary>
public abstract class ZarrV3Layout(string name) : VolumeReaderConformance
{
    protected override async Task<(IVolumeReader Reader, byte[] Expected)> OpenAsync()
    {
        var folder = SharedData.Fixture($"zarr3/{name}");
        var store = new LocalStore(folder);
        var reader = (await ZarrVolumes.OpenAsync(new VolumePath(store, ""))).Single();
        return (reader, File.ReadAllBytes(Path.Combine(folder, "expected.bin")));
    }
}

public sealed class Shards_with_index_at_the_end_zstd_and_checksums() : ZarrV3Layout("shard_end_zstd_crc");

public sealed class Shards_with_big_endian_index_at_the_start() : ZarrV3Layout("shard_start_raw");

public sealed class Shards_in_shards_transposed_big_endian_blosc() : ZarrV3Layout("shard_nested_transposed");

public sealed class Shards_compressed_as_a_whole_without_index_checksum() : ZarrV3Layout("shard_compressed_whole");

public sealed class Shards_transposed_from_outside() : ZarrV3Layout("shard_transposed_outside");

public sealed class Chunks_big_endian_with_v2_keys() : ZarrV3Layout("chunks_big_endian_v2_keys");

public sealed class Chunks_with_nan_as_fill() : ZarrV3Layout("chunks_nan_fill");

public sealed class Chunks_with_a_fill_value_given_in_bits_and_two_checksums() : ZarrV3Layout("chunks_hex_fill");

public sealed class Chunks_of_bool_with_dots_in_their_keys() : ZarrV3Layout("chunks_dot_keys_bool");

public sealed class Chunks_of_half_floats() : ZarrV3Layout("chunks_f2");

public sealed class Chunks_of_rank_five() : ZarrV3Layout("chunks_u8_rank5");

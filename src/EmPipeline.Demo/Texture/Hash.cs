namespace EmPipeline.Demo.Texture;

/// <summary>The one source of chance: a hash of a position, so that any voxel can be made alone and comes out the same everywhere.</summary>
internal static class Hash
{
    public static uint Of(int z, int y, int x, uint seed)
    {
        var h = seed;
        h = (uint.RotateLeft(h ^ ((uint)x * 0x9E3779B1u), 13) * 0x85EBCA6Bu) + 0x27D4EB2Fu;
        h = (uint.RotateLeft(h ^ ((uint)y * 0xC2B2AE3Du), 15) * 0x9E3779B1u) + 0x165667B1u;
        h = (uint.RotateLeft(h ^ ((uint)z * 0x27D4EB2Fu), 11) * 0xC2B2AE3Du) + 0x85EBCA6Bu;
        h ^= h >> 16;
        h *= 0x7FEB352Du;
        h ^= h >> 15;
        h *= 0x846CA68Bu;
        return h ^ (h >> 16);
    }

    /// <summary>In [0, 1), exact in float.</summary>
    public static float Unit(int z, int y, int x, uint seed) => (Of(z, y, x, seed) >> 8) * (1f / (1 << 24));

    /// <summary>In [-1, 1).</summary>
    public static float Signed(int z, int y, int x, uint seed) => (2f * Unit(z, y, x, seed)) - 1f;
}

using System.Numerics;
using System.Runtime.InteropServices;
using EmPipeline.Volumes;

namespace EmPipeline.Explorer.Planes;

/// <summary>Labels as pixels: a colour an id, the same wherever it is met; nothing where there is background.</summary>
internal static class LabelPixels
{
    private const uint UnknownColour = 0x80808080;

    /// <param name="voxels">Little-endian integers.</param>
    /// <param name="pixels">Red, green, blue, alpha; multiplied by alpha.</param>
    /// <param name="unknown">Ids that nobody looked at: grey, half transparent.</param>
    public static void Fill(VoxelType type, ReadOnlySpan<byte> voxels, Span<uint> pixels, IReadOnlySet<ulong> unknown)
    {
        switch (type.Size(), type)
        {
            case (1, VoxelType.Int8): Fill<sbyte>(voxels, pixels, unknown); break;
            case (1, _): Fill<byte>(voxels, pixels, unknown); break;
            case (2, VoxelType.Int16): Fill<short>(voxels, pixels, unknown); break;
            case (2, _): Fill<ushort>(voxels, pixels, unknown); break;
            case (4, VoxelType.Int32): Fill<int>(voxels, pixels, unknown); break;
            case (4, _): Fill<uint>(voxels, pixels, unknown); break;
            case (_, VoxelType.Int64): Fill<long>(voxels, pixels, unknown); break;
            default: Fill<ulong>(voxels, pixels, unknown); break;
        }
    }

    /// <summary>Bright colours that the eye tells apart, none of them grey. The page computes the same.</summary>
    public static uint Colour(ulong id)
    {
        var mixed = id;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        mixed ^= mixed >> 31;
        var (hue, lightness) = ((mixed & 0xFFFF) / 65536.0 * 6, 0.48 + ((mixed >> 16 & 0xFF) / 255.0 * 0.2));
        var chroma = (1 - Math.Abs((2 * lightness) - 1)) * 0.85;
        return 0xFF000000 | Part(0) | (Part(4) << 8) | (Part(2) << 16);

        uint Part(double shift)
        {
            var at = Math.Abs(((hue + shift) % 6) - 3);
            return (uint)Math.Round(255 * (lightness + (chroma * (Math.Clamp(at - 1, 0, 1) - 0.5))));
        }
    }

    private static void Fill<T>(ReadOnlySpan<byte> voxels, Span<uint> pixels, IReadOnlySet<ulong> unknown)
        where T : unmanaged, INumberBase<T>
    {
        var values = MemoryMarshal.Cast<byte, T>(voxels);
        var (last, colour) = (T.Zero, 0u);
        for (var i = 0; i < pixels.Length; i++)
        {
            // Objects are many voxels wide.
            if (values[i] != last)
            {
                last = values[i];
                var id = ulong.CreateTruncating(last);
                colour = unknown.Contains(id) ? UnknownColour : id == 0 ? 0 : Colour(id);
            }

            pixels[i] = colour;
        }
    }
}

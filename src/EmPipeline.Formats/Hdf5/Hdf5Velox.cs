using System.Globalization;
using System.Text.Json;
using EmPipeline.Volumes;
using PureHDF;
using PureHDF.VOL.Native;

namespace EmPipeline.Formats.Hdf5;

/// <summary>
/// Velox EMD: an image lies in /Data/Image/ID/Data with axes y, x and frame, and beside it Metadata, a column of JSON bytes a frame.
/// </summary>
internal static class Hdf5Velox
{
    private const int MaxJsonBytes = 1 << 20;

    public static async ValueTask<Hdf5Calibration?> OfAsync(Hdf5Found found, int rank, Hdf5Contents contents, CancellationToken cancellation)
    {
        if (rank != 3 || found.Dataset.Name != "Data" || !found.Path.StartsWith("/Data/Image/", StringComparison.Ordinal)
            || !found.Groups.Group.LinkExists("Metadata") || found.Groups.Group.Get("Metadata") is not NativeDataset { Space.Rank: 2 } metadata
            || metadata.Type is not { Class: H5DataTypeClass.FixedPoint, Size: 1 } || metadata.Space.Dimensions[0] > MaxJsonBytes)
            return null;
        var column = new Box(new NdIndex(0, 0), new NdIndex((long)metadata.Space.Dimensions[0], 1));
        return await contents.ReadAsync(metadata, column, cancellation) is var (_, bytes) ? Parse(bytes.AsMemory().TrimEnd((byte)0)) : null;
    }

    /// <summary>Pixel sizes are texts, in metres.</summary>
    internal static Hdf5Calibration? Parse(ReadOnlyMemory<byte> json)
    {
        const string Axes = "yxt";
        try
        {
            using var document = JsonDocument.Parse(json);
            var result = document.RootElement.GetProperty("BinaryResult");
            var pixel = result.GetProperty("PixelSize");
            var size = new VoxelSize(null, Length(pixel, "height", result, "PixelUnitY"), Length(pixel, "width", result, "PixelUnitX"));
            return new(Axes, size, size == VoxelSize.Unknown ? null : "Metadata BinaryResult.PixelSize");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new(Axes, VoxelSize.Unknown, null);
        }
    }

    private static double? Length(JsonElement pixel, string edge, JsonElement result, string unit) =>
        double.TryParse(pixel.GetProperty(edge).GetString(), CultureInfo.InvariantCulture, out var length)
            ? LengthUnits.ToNanometres(length, result.TryGetProperty(unit, out var stated) ? stated.GetString() : "m")
            : null;
}

using EmPipeline.Volumes;

namespace EmPipeline.Formats.Dm;

/// <summary>One entry of ImageList that holds pixels.</summary>
/// <param name="Shape">Slowest axis first, with the axis of a pixel's numbers last.</param>
/// <param name="Data">Where the pixels lie.</param>
internal sealed record DmImage(int Index, DmGroup Tags, DmPixels Pixels, NdIndex Shape, string Axes, DmArray Data)
{
    // The file names dimensions, not axes: the first is x, the second y, the third z where it is a length.
    private const string Letters = "xyz";

    public string Place => $"ImageList[{Index}]";

    /// <summary>Reads an entry.</summary>
    /// <param name="skipped">Why the entry is no array, when the result is null.</param>
    public static DmImage? Of(int index, DmGroup tags, out string? skipped)
    {
        skipped = null;
        if (tags.Group("ImageData") is not { } image)
            skipped = "no ImageData";
        else if (image["Data"] is not DmArray { Count: > 0 } data)
            skipped = "no pixels in ImageData.Data";
        else if (image.Group("Dimensions")?.Members.OfType<DmNumber>().Select(number => (long)number.AsDouble).ToArray() is not { Length: > 0 } dimensions)
            skipped = "no ImageData.Dimensions";
        else if ((image["DataType"] as DmNumber)?.AsDouble is not { } dataType)
            skipped = "no ImageData.DataType";
        else if (DmPixels.Of((long)dataType) is not { } pixels)
            skipped = DmPixels.Describe((long)dataType);
        else if (dimensions.Length + (pixels.Axis is null ? 0 : 1) > NdIndex.MaxRank)
            skipped = $"{dimensions.Length} dimensions";
        else
            return new DmImage(index, tags, pixels, ShapeOf(dimensions, pixels), AxesOf(dimensions.Length, image, pixels), data);
        return null;
    }

    private static NdIndex ShapeOf(long[] dimensions, DmPixels pixels)
    {
        var slowestFirst = dimensions.Reverse();
        return new NdIndex([.. pixels.Axis is null ? slowestFirst : slowestFirst.Append(pixels.Count)]);
    }

    private static string AxesOf(int rank, DmGroup image, DmPixels pixels)
    {
        var axes = new char[rank];
        for (var dimension = 0; dimension < rank; dimension++)
            axes[rank - 1 - dimension] = Letter(dimension, DmCalibration.Of(image, dimension).Units);
        return new string(axes) + pixels.Axis;
    }

    /// <summary>A third dimension in seconds is t, and one in electronvolts is no place in space.</summary>
    private static char Letter(int dimension, string units) => dimension switch
    {
        0 or 1 => Letters[dimension],
        2 when units is "s" or "ms" or "sec" => 't',
        2 when units is "" || LengthUnits.ToNanometres(units) is not null || !DmCalibration.IsSpectral(units) => Letters[dimension],
        _ => '?',
    };
}

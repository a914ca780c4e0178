using System.Globalization;
using System.Text;
using EmPipeline.Volumes;

namespace EmPipeline.Zarr.V3;

/// <summary>How a chunk's grid position becomes the end of its key.</summary>
/// <param name="Separator">'/' or '.'.</param>
/// <param name="IsDefault">"c/0/0/0" rather than Zarr v2's "0/0/0".</param>
/// <param name="IsComplex">The last axis is that of a complex number's parts, which has no place in keys.</param>
internal readonly record struct ChunkKeys(char Separator, bool IsDefault, bool IsComplex)
{
    public string Of(NdIndex position)
    {
        // A scalar has one chunk: "c", or "0" in the v2 way.
        var rank = IsComplex ? position.Rank - 1 : position.Rank;
        if (rank == 0)
            return IsDefault ? "c" : "0";
        var key = new StringBuilder(IsDefault ? "c" : "");
        for (var axis = 0; axis < rank; axis++)
        {
            if (key.Length > 0)
                key.Append(Separator);
            key.Append(CultureInfo.InvariantCulture, $"{position[axis]}");
        }

        return key.ToString();
    }
}

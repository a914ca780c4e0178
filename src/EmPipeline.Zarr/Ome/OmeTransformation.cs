using EmPipeline.Zarr.Json;

namespace EmPipeline.Zarr.Ome;

/// <summary>The coordinate transformations of OME-NGFF, as far as they say how large voxels are.</summary>
internal static class OmeTransformation
{
    private const int MaxDepth = 8;

    /// <summary>
    /// The factor on each axis; ones for what only moves. Null for a transformation that turns, bends or reorders axes, for one kept in a
    /// file of its own, and for one of another rank: a size that is not sure is unknown.
    /// </summary>
    public static double[]? ScaleOf(JsonField transformation, int rank, int depth = 0) => transformation.Find("type")?.AsText() switch
    {
        "scale" => transformation.Find("scale")?.AsNumbers() is { } factors && factors.Length == rank ? factors : null,
        "translation" or "identity" => Ones(rank),
        "affine" => transformation.FindValue("affine") is { } matrix ? Diagonal(matrix, rank) : null,
        "sequence" when depth < MaxDepth => Product(transformation, rank, depth),
        _ => null,
    };

    private static double[]? Product(JsonField sequence, int rank, int depth)
    {
        var product = Ones(rank);
        foreach (var step in sequence.FindValue("transformations")?.Items() ?? [])
        {
            if (ScaleOf(step, rank, depth + 1) is not { } factors)
                return null;
            product = [.. product.Zip(factors, (a, b) => a * b)];
        }

        return product;
    }

    /// <summary>The diagonal of a matrix of rank rows and one column more, where nothing but zeros is beside it.</summary>
    private static double[]? Diagonal(JsonField matrix, int rank)
    {
        var rows = matrix.Items().Take(rank + 2).Select(row => row.AsNumbers()).ToArray();
        if (rows.Length < rank || rows.Any(row => row is null || row.Length != rank + 1))
            return null;
        for (var row = 0; row < rank; row++)
        {
            for (var column = 0; column < rank; column++)
            {
                if (row != column && rows[row]![column] != 0)
                    return null;
            }
        }

        return [.. Enumerable.Range(0, rank).Select(axis => rows[axis]![axis])];
    }

    private static double[] Ones(int rank) => [.. Enumerable.Repeat(1.0, rank)];
}

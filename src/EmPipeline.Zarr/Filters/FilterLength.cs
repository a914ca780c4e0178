namespace EmPipeline.Zarr.Filters;

internal static class FilterLength
{
    /// <summary>Refuses input whose decoded length exceeds what there is room for.</summary>
    public static void Check(string name, long decodedLength, int room)
    {
        if (decodedLength > room)
            throw new InvalidDataException($"{name}: got {decodedLength} decoded bytes, expected at most {room}.");
    }
}

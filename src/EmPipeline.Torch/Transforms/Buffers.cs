namespace EmPipeline.Torch.Transforms;

/// <summary>Memory that is kept from sample to sample.</summary>
internal static class Buffers
{
    /// <summary>At least <paramref name="length"/> elements of undefined contents.</summary>
    public static T[] Grow<T>(ref T[] buffer, int length)
    {
        if (buffer.Length < length)
            buffer = GC.AllocateUninitializedArray<T>(length);
        return buffer;
    }
}

using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Hdf5;

/// <summary>PureHDF throws whatever meets a damaged file; this says whose fault it is.</summary>
internal static class Hdf5Errors
{
    /// <summary>The error to throw instead; null for what is passed on as it is (cancelled, out of reach, already told).</summary>
    public static EmException? Translate(string place, Exception error)
    {
        // The library wraps what a filter throws, and reflection what the library throws.
        var cause = error;
        while (cause is not (EmException or StorageException) and { InnerException: { } inner })
            cause = inner;
        return cause switch
        {
            EmException or OperationCanceledException or StorageException or DllNotFoundException => null,
            // It makes room for whatever length a header claims.
            OutOfMemoryException => EmException.Corrupt(place, "got a structure that claims more memory than there is.", error),
            NotSupportedException or NotImplementedException => Unsupported(place, cause),
            InvalidDataException => EmException.Corrupt(place, cause.Message, error),
            // The library throws plain exceptions for a filter that is not registered and for a version that it does not know.
            _ when cause.Message.Contains("supported", StringComparison.Ordinal) || cause.Message.Contains("find filter", StringComparison.Ordinal) =>
                Unsupported(place, cause),
            _ => EmException.Corrupt(place, $"got a structure that HDF5 does not allow, or the file is cut off ({cause.Message}).", error),
        };
    }

    private static EmException Unsupported(string place, Exception error) =>
        new(Fault.Unsupported, $"{place}: {error.Message.TrimEnd('.')}. docs/formats.md lists what is supported.", error);
}

namespace EmPipeline.Volumes;

/// <summary>Who has to act on an error.</summary>
public enum Fault
{
    /// <summary>The configuration or a command-line parameter is wrong: file, line, key.</summary>
    Configuration,

    /// <summary>A source did not answer, refused, or lacks what it should have: address, status, attempts.</summary>
    Source,

    /// <summary>Bytes are not what their format or checksum says: place, offset, got, expected.</summary>
    Corrupt,

    /// <summary>The input is valid but uses something this program does not read.</summary>
    Unsupported,

    /// <summary>The machine refused: disk full, no permission.</summary>
    Machine,
}

/// <summary>
/// An error that a user can act on. Its message reads "place: got X, expected Y. What to do." and is shown without a stack trace;
/// any other exception is a defect of this program.
/// </summary>
public sealed class EmException : Exception
{
    public EmException(Fault fault, string message, Exception? inner = null) : base(message, inner) => Fault = fault;

    public Fault Fault { get; }

    /// <summary>Bytes that contradict their format or checksum.</summary>
    /// <param name="place">File or address, and the byte offset where it is known.</param>
    public static EmException Corrupt(string place, string problem, Exception? inner = null) =>
        new(Fault.Corrupt, $"{place}: {problem}", inner);

    /// <summary>Valid input that no reader here supports; the message points to the list of what is.</summary>
    public static EmException Unsupported(string place, string feature) =>
        new(Fault.Unsupported, $"{place}: {feature} is not supported. docs/formats.md lists what is.");

    /// <summary>A source that does not answer or lacks what it should have.</summary>
    public static EmException Unavailable(string place, string problem, Exception? inner = null) =>
        new(Fault.Source, $"{place}: {problem}", inner);
}

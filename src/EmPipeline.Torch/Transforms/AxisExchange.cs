namespace EmPipeline.Torch;

/// <summary>Which axes of a sample may take each other's place.</summary>
internal enum AxisExchange
{
    None,

    /// <summary>y and x.</summary>
    Plane,

    All,
}

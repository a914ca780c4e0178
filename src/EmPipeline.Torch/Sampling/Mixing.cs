namespace EmPipeline.Torch;

/// <summary>How long an epoch over several queries is, and what becomes of those that have fewer or more blocks than their weight asks for.</summary>
public enum Mixing
{
    /// <summary>
    /// An epoch ends before any block would come twice: a query with more blocks than its share shows the others in the epochs after. Where the
    /// weights are the numbers of blocks, every block comes once an epoch.
    /// </summary>
    Proportion,

    /// <summary>An epoch ends when every block of every query has come: a query with fewer blocks than its share begins anew, in another order.</summary>
    Repeat,

    /// <summary>As many samples as there are blocks, each drawn from its query with replacement.</summary>
    Choose,
}

namespace EmPipeline.Catalog.Consolidation;

/// <summary>How far a statement is believed, most first. This order is the rule by which conflicts are decided.</summary>
public enum ClaimKind
{
    /// <summary>The user's configuration says so.</summary>
    Configuration,

    /// <summary>The file that holds the voxels says so; it was written by what made them.</summary>
    FileHeader,

    /// <summary>A registry's answer to a program (EMPIAR, IDR); typed in by people when they deposited.</summary>
    Registry,

    /// <summary>Text of a page or paper.</summary>
    Page,
}

public static class ClaimKinds
{
    /// <summary>"the file's own header", as in the rule of a conflict.</summary>
    public static string Describe(this ClaimKind kind) => kind switch
    {
        ClaimKind.Configuration => "the configuration",
        ClaimKind.FileHeader => "the voxels' own file",
        ClaimKind.Registry => "a registry",
        _ => "a page",
    };
}

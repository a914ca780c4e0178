namespace EmPipeline.Demo.Texture;

/// <summary>An ellipsoid of revolution inside one cell.</summary>
/// <param name="Owner">The cell; nothing is drawn outside it.</param>
/// <param name="AxisZ">Unit vector of the long axis, with AxisY and AxisX.</param>
/// <param name="Long">Half the long axis, voxels.</param>
/// <param name="Short">Half the short axes, voxels.</param>
internal readonly record struct Organelle(
    OrganelleKind Kind, int Owner, float Z, float Y, float X, float AxisZ, float AxisY, float AxisX, float Long, float Short);

internal enum OrganelleKind
{
    /// <summary>Dark, with a darker rim and lamellae across its long axis.</summary>
    Mitochondrion,

    /// <summary>A small dark ring about a light core.</summary>
    Vesicle,

    /// <summary>A larger light bubble with a thin rim.</summary>
    Endosome,
}

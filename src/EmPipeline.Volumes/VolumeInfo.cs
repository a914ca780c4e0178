namespace EmPipeline.Volumes;

/// <summary>What a reader knows of one array without reading voxels. Immutable.</summary>
public sealed record VolumeInfo
{
    /// <summary>The array's path inside its file or folder ("recon-2/em/s0", "ImageList[1]"); "" when it is the only one.</summary>
    public required string Name { get; init; }

    /// <summary>The name of the format that reads it, as in <c>docs/formats.md</c>.</summary>
    public required string Format { get; init; }

    /// <summary>The extent on each axis, slowest first, in the order the format's C order gives.</summary>
    public required NdIndex Shape { get; init; }

    /// <summary>
    /// One letter an axis, same order as <see cref="Shape"/>: z, y, x; t; c (channel or RGB sample); i (real and imaginary part);
    /// '?' for an axis that the format leaves unnamed.
    /// </summary>
    public required string Axes { get; init; }

    public required VoxelType Type { get; init; }

    /// <summary>
    /// The block that must be decoded together (chunk, tile, compressed strip); same rank as <see cref="Shape"/>. A plain file's is a row:
    /// what is nice to read together is <see cref="Advice"/>.
    /// </summary>
    public required NdIndex Grain { get; init; }

    /// <summary>How much to ask for in one call so that the source is read at its speed, a multiple of <see cref="Grain"/>; the grain unless the reader knows better.</summary>
    public NdIndex Advice { get => field.Rank == 0 ? Grain : field; init; }

    /// <summary>
    /// Its voxels are computed when they are asked for, at a cost beside which reading and writing are nothing, and a reader carries what it
    /// computed from one grain to the next along z. So it is read in whole grains, one at a time, column after column, and what is written is
    /// made durable at once.
    /// </summary>
    public bool IsComputed { get; init; }

    public VoxelSize VoxelSize { get; init; }

    /// <summary>Where <see cref="VoxelSize"/> is stated ("ImageDescription spacing", "multiscales[0].datasets[0]"); null when unknown.</summary>
    public string? VoxelSizeOrigin { get; init; }

    /// <summary>
    /// Where the centre of the first voxel lies, z, y, x in nanometres, in the coordinates of the source: of use where two arrays of one source,
    /// an image and its labels, state theirs. Null when nothing states it.
    /// </summary>
    public (double Z, double Y, double X)? Centre { get; init; }

    /// <summary>The pyramid level, 0 the finest.</summary>
    public int Level { get; init; }

    /// <summary>What the format states beyond shape and type: tags, attributes, calibrations.</summary>
    public IReadOnlyList<MetadataValue> Metadata { get; init; } = [];

    /// <summary>Bytes of all voxels, decoded.</summary>
    public long DecodedBytes => checked(Shape.Volume * Type.Size());
}

/// <summary>One stated value and the place in the source that states it.</summary>
/// <param name="Key">The name in the source's own words ("Software", "ImageTags.SBFSEM.Record.Slice thickness").</param>
/// <param name="Value">The value as text, invariant culture.</param>
/// <param name="Origin">The file tag, field or attribute it was read from.</param>
public readonly record struct MetadataValue(string Key, string Value, string Origin);

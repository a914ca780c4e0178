namespace EmPipeline.Catalog.Consolidation;

/// <summary>The fields that are consolidated, in the order of <c>metadata.csv</c>.</summary>
public static class Fields
{
    public const string Title = "title";
    public const string Description = "description";
    public const string Doi = "doi";
    public const string Licence = "licence";
    public const string Organism = "organism";
    public const string Specimen = "specimen";
    public const string Preparation = "preparation";
    public const string Technique = "technique";
    public const string Institution = "institution";
    public const string Authors = "authors";
    public const string AcquisitionDate = "acquisition_date";
    public const string Instrument = "instrument";
    public const string Detector = "detector";
    public const string AcquisitionTool = "acquisition_tool";
    public const string AcquisitionSoftware = "acquisition_software";
    public const string AcceleratingVoltage = "accelerating_voltage_v";
    public const string BeamCurrent = "beam_current_na";
    public const string Magnification = "magnification";
    public const string PixelDwellTime = "pixel_dwell_time_us";
    public const string Processing = "processing";
    public const string FileSoftware = "file_software";
    public const string ArchiveEntry = "archive_entry";
    public const string Depositor = "depositor";
    public const string DepositionDate = "deposition_date";
    public const string ReleaseDate = "release_date";
    public const string UpdateDate = "update_date";
    public const string Citation = "citation";
    public const string ShapeZ = "shape_z";
    public const string ShapeY = "shape_y";
    public const string ShapeX = "shape_x";
    public const string DataType = "dtype";
    public const string VoxelSizeZ = "voxel_size_z_nm";
    public const string VoxelSizeY = "voxel_size_y_nm";
    public const string VoxelSizeX = "voxel_size_x_nm";

    public static IReadOnlyList<FieldDefinition> All { get; } =
    [
        new(Title, FieldKind.Text, null, "Title."),
        new(Description, FieldKind.Text, null, "Description."),
        new(Doi, FieldKind.Doi, null, "Digital object identifier of the data."),
        new(Licence, FieldKind.Licence, null, "Licence of the data."),
        new(Organism, FieldKind.Text, null, "Organism."),
        new(Specimen, FieldKind.Text, null, "Tissue, organ or cell line."),
        new(Preparation, FieldKind.Text, null, "How the specimen was fixed, stained and embedded."),
        new(Technique, FieldKind.Text, null, "Imaging technique."),
        new(Institution, FieldKind.Text, null, "Institution that made the data."),
        new(Authors, FieldKind.Text, null, "Authors, separated by semicolons."),
        new(AcquisitionDate, FieldKind.Date, null, "Day on which the data were acquired."),
        new(Instrument, FieldKind.Text, null, "Microscope."),
        new(Detector, FieldKind.Text, null, "Detector, or the signal that it gives."),
        new(AcquisitionTool, FieldKind.Text, null, "Device that scanned the beam and read the detector."),
        new(AcquisitionSoftware, FieldKind.Text, null, "Program, or its version, that acquired the data."),
        new(AcceleratingVoltage, FieldKind.Measure, "V", "Accelerating voltage of the beam."),
        new(BeamCurrent, FieldKind.Measure, "nA", "Current of the beam."),
        new(Magnification, FieldKind.Measure, null, "Magnification as indicated by the instrument."),
        new(PixelDwellTime, FieldKind.Measure, "us", "Time the beam spends on one pixel."),
        new(Processing, FieldKind.Text, null, "What was done to the voxels after they were acquired."),
        new(FileSoftware, FieldKind.Text, null, "Program, or its version, that wrote the file."),
        new(ArchiveEntry, FieldKind.Text, null, "Entry of the archive that the data were deposited in."),
        new(Depositor, FieldKind.Text, null, "Who deposited the data."),
        new(DepositionDate, FieldKind.Date, null, "Day on which the data were deposited."),
        new(ReleaseDate, FieldKind.Date, null, "Day on which the data were made public."),
        new(UpdateDate, FieldKind.Date, null, "Day on which the archive's entry last changed."),
        new(Citation, FieldKind.Text, null, "Publication to cite for the data."),
        new(ShapeZ, FieldKind.Count, "voxels", "Extent of the source along z (sections)."),
        new(ShapeY, FieldKind.Count, "voxels", "Extent of the source along y (rows)."),
        new(ShapeX, FieldKind.Count, "voxels", "Extent of the source along x (columns)."),
        new(DataType, FieldKind.Text, null, "Type of one voxel, as Zarr names it."),
        new(VoxelSizeZ, FieldKind.Measure, "nm", "Voxel edge along z (section thickness)."),
        new(VoxelSizeY, FieldKind.Measure, "nm", "Voxel edge along y."),
        new(VoxelSizeX, FieldKind.Measure, "nm", "Voxel edge along x."),
    ];

    private static readonly Dictionary<string, FieldDefinition> ByName = All.ToDictionary(field => field.Name);

    /// <summary>The definition, or null for a name that has none.</summary>
    public static FieldDefinition? Find(string name) => ByName.GetValueOrDefault(name);
}

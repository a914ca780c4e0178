namespace EmPipeline.Catalog.Tests;

/// <summary>Answers of registries, composed member by member after the ones that others recorded.</summary>
internal static class Registry
{
    public const string Empiar =
        """
        {"EMPIAR-11759": {"title": "Developing retina in zebrafish 55 hpf larval eye.", "authors": [{"author": {"author_orcid": null, "name": "Wilsch-Braeuninger M"}}],
          "entry_doi": "10.6019/EMPIAR-11759", "experiment_type": "SBF-SEM", "scale": "tissue", "dataset_size": "1.2 GB",
          "deposition_date": "2023-11-01", "release_date": "2024-01-15", "obsolete_date": null,
          "imagesets": [{"name": "F57-8", "directory": "data", "category": "reconstructed volumes", "data_format": "DM3", "header_format": "DM3",
            "num_images_or_tilt_series": 16, "frames_per_image": 1, "voxel_type": "UNSIGNED BYTE", "pixel_width": 80.0, "pixel_height": 80.0,
            "image_width": "5628", "image_height": "5632", "details": "", "segmentations": []}]}}
        """;

    public const string OmeroImageData =
        """
        {"id": 9846137, "meta": {"imageName": "Figure_S3B_FIB-SEM_U2OS_20x20x20nm_xy.tif", "imageDescription": "", "imageAuthor": "Public data",
          "projectName": "idr0086-miron-micrographs/experimentD", "projectId": 1161, "datasetName": "U2OS_chromatin", "datasetId": 10740,
          "imageTimestamp": 1594050394.0, "imageId": 9846137, "pixelsType": "uint8"}, "perms": {"canAnnotate": false}, "tiles": false,
          "size": {"width": 1121, "height": 775, "z": 184, "t": 1, "c": 1}, "pixel_size": {"x": 0.02, "y": 0.02, "z": null}, "init_zoom": 0,
          "pixel_range": [0, 255], "channels": []}
        """;

    public const string OmeroImage =
        """
        {"data": {"@type": "http://www.openmicroscopy.org/Schemas/OME/2016-06#Image", "@id": 9846137, "Name": "xy.tif", "AcquisitionDate": 1528748836000,
          "Pixels": {"@type": "http://www.openmicroscopy.org/Schemas/OME/2016-06#Pixels",
            "PhysicalSizeX": {"@type": "TBD#LengthI", "Unit": "MICROMETER", "Symbol": "µm", "Value": 0.02},
            "PhysicalSizeY": {"Unit": "NANOMETER", "Symbol": "nm", "Value": 20.0},
            "PhysicalSizeZ": {"Symbol": "µm", "Value": 0.02},
            "SizeX": 1121, "SizeY": 775, "SizeZ": 184, "SizeC": 1, "SizeT": 1, "Type": {"value": "uint8"}}}}
        """;
}

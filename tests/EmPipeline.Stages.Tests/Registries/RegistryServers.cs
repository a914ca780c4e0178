using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Registries;

/// <summary>One small volume as each registry has it, and the answers of their APIs, served as the Demo serves its replicas.</summary>
public sealed class RegistryServers : IAsyncLifetime
{
    internal static readonly NdIndex Shape = new(12, 40, 48);
    internal static readonly byte[] Voxels = TestVolumes.Make(Shape);
    private static readonly NdIndex Chunk = new(4, 8, 16);
    private readonly TemporaryFolder _folder = new();
    private DemoServer? _server;

    internal MirrorMap Map => _server!.Map;

    public async ValueTask InitializeAsync()
    {
        Empiar();
        Idr();
        OpenOrganelle();
        Neuroglancer();
        _server = await DemoServer.StartAsync(_folder.Path);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _folder.Dispose();
    }

    // Names that have to be escaped, in an address and in a page.
    private void Empiar()
    {
        const string entry = "http/ftp.ebi.ac.uk/empiar/world_availability/7/data";
        TestVolumes.WriteSlices(_folder[entry + "/cell 1 & 2"], Voxels, Shape);
        File.WriteAllText(_folder[entry + "/cell 1 & 2/notes.txt"], "no image");
        Directory.CreateDirectory(_folder[entry + "/other"]);
        _folder.Write("http/www.ebi.ac.uk/empiar/api/entry/EMPIAR-7/index.json", """
            { "EMPIAR-7": { "title": "A title", "dataset_size": "1.2 GB", "experiment_type": "FIB-SEM", "imagesets": [ { "directory": "data", "data_format": "TIFF", "pixel_width": 80.0, "pixel_height": 80.0 } ] } }
            """);
    }

    private void Idr()
    {
        _folder.Write("http/idr.openmicroscopy.org/webgateway/original_file_paths/5/index.json", """
            { "repo": ["demo_2/2020/vol ume.tif"], "client": ["uod/idr/filesets/idr0001-x/vol ume.tif", "uod/idr/filesets/idr0001-x/readme.txt"], "fileset": { "id": 1 } }
            """);
        _folder.Write("http/idr.openmicroscopy.org/webgateway/original_file_paths/6/index.json", """{ "repo": [], "client": ["mnt/elsewhere/volume.tif"], "fileset": { "id": 2 } }""");
        _folder.Write("http/idr.openmicroscopy.org/webgateway/imgData/5/index.json", """
            { "id": 5, "meta": { "imageName": "vol ume.tif", "projectName": "idr0001", "projectId": 11, "pixelsType": "uint8" }, "size": { "width": 48, "height": 40, "z": 12, "t": 1, "c": 1 }, "pixel_size": { "x": 0.02, "y": 0.02, "z": 0.02 } }
            """);
        _folder.Write("http/idr.openmicroscopy.org/webclient/api/annotations/index.json", """
            { "annotations": [ { "ns": "idr.openmicroscopy.org/study/info", "values": [ ["Release Date", "2020-06-10"], ["License", "CC BY 4.0"] ] } ], "experimenters": [] }
            """);
        var folder = Directory.CreateDirectory(_folder["http/ftp.ebi.ac.uk/pub/databases/IDR/idr0001-x"]);
        File.WriteAllBytes(Path.Combine(folder.FullName, "vol ume.tif"), TestVolumes.Tiff(Voxels, Shape));
        File.WriteAllText(Path.Combine(folder.FullName, "readme.txt"), "no image");
    }

    // Two reconstructions, of which the second has other voxels; another dataset in N5.
    private void OpenOrganelle()
    {
        const string bucket = "s3/janelia-cosem-datasets";
        foreach (var (recon, voxels) in (ReadOnlySpan<(string, byte[])>)[("recon-1", TestVolumes.Make(Shape, 1)), ("recon-2", Voxels)])
        {
            TestVolumes.WriteZarrV2(_folder["made"], voxels, Shape, Chunk);
            Directory.CreateDirectory(_folder[$"{bucket}/jrc_x/jrc_x.zarr/{recon}/em"]);
            Directory.Move(_folder["made/em"], _folder[$"{bucket}/jrc_x/jrc_x.zarr/{recon}/em/fibsem-uint8"]);
        }

        TestVolumes.WriteN5(_folder["n5"], Voxels, Shape, Chunk);
        Directory.CreateDirectory(_folder[$"{bucket}/jrc_y/jrc_y.n5/em"]);
        File.Move(_folder["n5/attributes.json"], _folder[$"{bucket}/jrc_y/jrc_y.n5/attributes.json"]);
        Directory.Move(_folder["n5/em"], _folder[$"{bucket}/jrc_y/jrc_y.n5/em/fibsem-uint8"]);
    }

    private void Neuroglancer()
    {
        TestVolumes.WritePrecomputed(_folder["http/storage.googleapis.com/bucket/image"], Voxels, Shape, Chunk);
        TestVolumes.WritePrecomputed(_folder["http/storage.googleapis.com/bucket/other"], TestVolumes.Make(Shape, 1), Shape, Chunk);
        const string state = """{"layers":[{"type":"segmentation","source":"precomputed://gs://bucket/labels","name":"labels"},{"type":"image","source":"precomputed://gs://bucket/image","name":"em"},{"type":"image","source":"precomputed://gs://bucket/other","name":"raw"}]}""";
        _folder.Write("http/h.org/state.json", state);
        _folder.Write("http/tiny.org/short/index.location", "https://tiny.org/longer");
        _folder.Write("http/tiny.org/longer/index.location", "https://neuroglancer.org/#!" + Uri.EscapeDataString(state));
    }
}

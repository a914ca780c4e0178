using EmPipeline.Explorer.Planes;
using EmPipeline.Explorer.Requests;
using EmPipeline.Explorer.Stores;
using EmPipeline.Volumes;
using Microsoft.AspNetCore.Http;

namespace EmPipeline.Explorer.Answers;

/// <summary>A dataset's layers and levels, as the viewer needs them: where each lies, and how its grey values are shown.</summary>
internal sealed class VolumeAnswer(Shown shown)
{
    public async Task<IResult> GetAsync(HttpContext context, string dataset)
    {
        var cancellation = context.RequestAborted;
        var state = await shown.Catalogue.GetAsync(cancellation);
        var layers = Ask.Layers(state, dataset);
        var window = await shown.WindowAsync(layers[0], cancellation);
        var classes = (await shown.Catalogue.Reader.ReadLabelClassesAsync(cancellation)).Where(meaning => meaning.Dataset == dataset).ToList();
        var volume = (await shown.Catalogue.Reader.ReadVolumesAsync(cancellation)).FirstOrDefault(volume => volume.Dataset == dataset) ?? throw RefusedException.NotFound(dataset);
        return TypedResults.Json(
            new
            {
                version = state.Version,
                dataset,
                tile = TileAddress.Edge,
                window = new { min = window.Min, max = window.Max, low = window.Low, high = window.High },
                block = volume.Block,
                sizeOrigin = volume.VoxelSizeOrigin,
                neuroglancer = NeuroglancerState.Viewer,
                state = NeuroglancerState.Make($"{context.Request.Scheme}://{context.Request.Host}", layers, window, null),
                layers = layers.Select(layer => new
                {
                    name = layer.Name,
                    kind = layer.Kind,
                    store = $"/{layer.Group}",
                    classes = classes.Where(meaning => $"{meaning.Origin}/{meaning.Label}" == layer.Name).Select(meaning => new { value = meaning.Value, name = meaning.Class, known = meaning.Known }),
                    levels = layer.Levels.Select(level => new { level = level.Level, shape = level.Shape, type = level.Type.Name(), size = level.Size, scale = level.Scale, centre = level.Centre }),
                }),
            },
            JsonAnswer.Options);
    }
}

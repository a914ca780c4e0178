using EmPipeline.Formats.Crops;
using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Labels;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Download;

/// <summary>
/// Where the crop of a configuration lies: a function of the configuration and the volume alone, and locked once chosen. A random crop is
/// judged for tissue on the coarsest level that resolves it. Where there is no level but the finest, judging reads the candidates
/// themselves, and is left out when no tissue is asked for: the first candidate is taken, any place as likely as any other. The crop of labels is
/// that of their image.
/// </summary>
internal static class CropChoice
{
    /// <param name="levels">The volume and its coarser levels, as far as there are any, axes z, y, x; the box is in voxels of the first.</param>
    /// <returns>Null where all is used.</returns>
    /// <exception cref="EmException">The crop lies outside the volume, labels do outside their image, or no place has enough tissue.</exception>
    public static async ValueTask<ChosenCrop?> ChooseAsync(StageContext context, IReadOnlyList<IVolumeReader> levels, CancellationToken cancellation)
    {
        var volume = levels[0].Info.Shape;
        if (context.Dataset.Label is { } label)
            return OfLabels(context, label, levels[0].Info);
        if (context.Dataset.Crop is not { } crop)
            return null;
        if (crop.Origin is { } origin)
        {
            Check(context.Dataset, new Box(origin, crop.Shape), volume);
            return new ChosenCrop(origin, crop.Shape);
        }

        var within = await LabelledPart.OfAsync(context, levels[0].Info, cancellation);
        var shape = CropOrigin.Clip(crop.Shape, within.Shape);
        if (shape != crop.Shape)
            context.Warn($"{context.Dataset.Place}.crop.shape: got {crop.Shape}, but the volume{(within.Shape == volume ? "" : ", as far as it has labels,")} is {within.Shape}; the crop is {shape}.");
        if (crop.Tissue <= 0 && levels.Count == 1)
            return Uniform(crop, within);
        var choice = await TissueCrop.ChooseAsync(levels, crop.Shape, crop.Seed, crop.Tissue, within, cancellation);
        return new ChosenCrop(choice.Crop.Origin, choice.Crop.Shape, choice.TissueShare, choice.CandidatesTried);
    }

    /// <summary>A random crop that nothing but the extent decides of what it may be taken from.</summary>
    public static ChosenCrop Uniform(CropConfig crop, Box within)
    {
        var shape = CropOrigin.Clip(crop.Shape, within.Shape);
        return new ChosenCrop(CropOrigin.Candidates(crop.Seed, within.Shape, shape).First().Origin + within.Origin, shape);
    }

    /// <exception cref="EmException">The box does not lie in the volume.</exception>
    public static void Check(DatasetConfig dataset, Box box, NdIndex volume)
    {
        if (!Box.Whole(volume).Contains(box))
        {
            throw new EmException(
                Fault.Configuration, $"{dataset.Place}.crop: got {box}, expected a box inside the volume's {volume} (z×y×x). Correct origin or shape.");
        }
    }

    /// <summary>The labels of the used part of the image; null for all.</summary>
    private static ChosenCrop? OfLabels(StageContext context, LabelConfig label, VolumeInfo info)
    {
        var image = ImageFrame.Require(context.Data, label.Image);
        var placement = LabelPlacement.Of(context.Dataset, info, image);
        var used = new Box(image.RegionOrigin, image.RegionShape);
        if (label.ImageIsDrawn && LabelledPart.IsKnownBefore(context.Dataset) && !placement.Covered.Contains(used))
        {
            throw new EmException(
                Fault.Configuration,
                $"{context.Dataset.Place}: got the image's crop {used}, which was locked in {context.LockFile} before, and labels for {placement.Covered} of the image, expected a crop where there are labels. Give datasets.{label.Image}.crop another seed to draw it anew.");
        }

        return placement.Region == Box.Whole(info.Shape) ? null : new ChosenCrop(placement.Region.Origin, placement.Region.Shape);
    }
}

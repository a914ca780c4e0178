using EmPipeline.Torch.Sampling;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Items;

/// <summary>A sample holds nothing of a block that its query did not choose.</summary>
internal static class ChosenOnly
{
    /// <summary>The parts of the sample that lie in other blocks.</summary>
    /// <param name="match">The voxels of the blocks' volume at those of the sample.</param>
    public static IEnumerable<Box> Others(SamplePlace place, GridMatch match)
    {
        var own = place.Chosen.Valid(place.Block.Origin);
        foreach (var other in place.Chosen.NotChosen(match.Hull))
        {
            // A block off the grid is its own cell.
            if (other.Intersect(own).IsEmpty)
                yield return SampleFill.Matching(match, other);
        }
    }
}

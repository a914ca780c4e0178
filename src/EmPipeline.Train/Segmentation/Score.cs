using System.Globalization;

namespace EmPipeline.Train.Segmentation;

/// <summary>How well found voxels agree with those of the class.</summary>
/// <param name="Both">Voxels that are both.</param>
/// <param name="Found">Voxels that were found.</param>
/// <param name="True">Voxels of the class.</param>
internal readonly record struct Score(long Both, long Found, long True)
{
    /// <summary>2 · both / (found + true), 0 to 1; 1 where there is nothing to find and nothing was found.</summary>
    public double Dice => Found + True == 0 ? 1 : 2.0 * Both / (Found + True);

    /// <summary>Both / either, 0 to 1.</summary>
    public double IoU => Found + True == 0 ? 1 : (double)Both / (Found + True - Both);

    public static Score operator +(Score a, Score b) => new(a.Both + b.Both, a.Found + b.Found, a.True + b.True);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Dice {Dice:0.000}, IoU {IoU:0.000}");
}

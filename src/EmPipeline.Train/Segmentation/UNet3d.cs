using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EmPipeline.Train.Segmentation;

/// <summary>
/// A small 3D U-Net: two halvings of resolution, 8 to 32 channels. Input [batch, 1, z, y, x], float32, normalised grey values, extents multiples
/// of <see cref="Multiple"/>; output of the same shape, logits: a sigmoid makes them probabilities.
/// </summary>
internal sealed class UNet3d : nn.Module<Tensor, Tensor>
{
    /// <summary>What extents have to be a multiple of.</summary>
    public const int Multiple = 4;

    private const int Width = 8;
    private readonly Sequential _fine = Twice(1, Width);
    private readonly Sequential _middle = Twice(Width, 2 * Width);
    private readonly Sequential _coarse = Twice(2 * Width, 4 * Width);
    private readonly ConvTranspose3d _toMiddle = nn.ConvTranspose3d(4 * Width, 2 * Width, 2, stride: 2);
    private readonly Sequential _middleAgain = Twice(4 * Width, 2 * Width);
    private readonly ConvTranspose3d _toFine = nn.ConvTranspose3d(2 * Width, Width, 2, stride: 2);
    private readonly Sequential _fineAgain = Twice(2 * Width, Width);
    private readonly Conv3d _last = nn.Conv3d(Width, 1, 1);

    public UNet3d() : base(nameof(UNet3d)) => RegisterComponents();

    public override Tensor forward(Tensor input)
    {
        var fine = _fine.forward(input);
        var middle = _middle.forward(nn.functional.max_pool3d(fine, [2, 2, 2]));
        var coarse = _coarse.forward(nn.functional.max_pool3d(middle, [2, 2, 2]));
        var middleAgain = _middleAgain.forward(cat([middle, _toMiddle.forward(coarse)], 1));
        return _last.forward(_fineAgain.forward(cat([fine, _toFine.forward(middleAgain)], 1)));
    }

    // Batch normalisation, not that of an instance: what a trained network gives for a voxel does not depend on the tile that it is seen in.
    private static Sequential Twice(int from, int to) => nn.Sequential(
        ("conv1", nn.Conv3d(from, to, 3, padding: 1)), ("norm1", nn.BatchNorm3d(to)), ("relu1", nn.ReLU()),
        ("conv2", nn.Conv3d(to, to, 3, padding: 1)), ("norm2", nn.BatchNorm3d(to)), ("relu2", nn.ReLU()));
}

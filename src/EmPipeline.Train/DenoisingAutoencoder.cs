using TorchSharp.Modules;
using static TorchSharp.torch;

namespace EmPipeline.Train;

/// <summary>
/// Finds clean blocks again from noisy ones: two halvings of resolution, two doublings. Input and output are [batch, 1, z, y, x], float32,
/// normalised grey values; extents are multiples of 4.
/// </summary>
internal sealed class DenoisingAutoencoder : nn.Module<Tensor, Tensor>
{
    private readonly Sequential _layers;

    public DenoisingAutoencoder() : base(nameof(DenoisingAutoencoder))
    {
        _layers = nn.Sequential(
            ("down1", nn.Conv3d(1, 8, 3, stride: 2, padding: 1)),
            ("relu1", nn.ReLU()),
            ("down2", nn.Conv3d(8, 16, 3, stride: 2, padding: 1)),
            ("relu2", nn.ReLU()),
            ("up1", nn.ConvTranspose3d(16, 8, 2, stride: 2)),
            ("relu3", nn.ReLU()),
            ("up2", nn.ConvTranspose3d(8, 1, 2, stride: 2)));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => _layers.forward(input);
}

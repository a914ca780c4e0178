using static TorchSharp.torch;

namespace EmPipeline.Train.Segmentation;

/// <summary>Patches with their labels, all [batch, 1, z, y, x], float32, on the CPU. Owns the tensors.</summary>
/// <param name="Data">Normalised grey values.</param>
/// <param name="Target">1 where a voxel is of the class, else 0.</param>
/// <param name="Mask">1 where somebody looked, else 0: such voxels teach nothing and count nowhere.</param>
internal sealed record LabelledBatch(Tensor Data, Tensor Target, Tensor Mask) : IDisposable
{
    public void Dispose()
    {
        Data.Dispose();
        Target.Dispose();
        Mask.Dispose();
    }
}

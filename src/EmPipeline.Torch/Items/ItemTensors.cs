using EmPipeline.Torch.Blocks;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Items;

/// <summary>The memory of one batch's items, or of one item. Written item by item, by any number of threads; disposed by whoever made it.</summary>
internal sealed class ItemTensors : IDisposable
{
    private readonly ItemLayout _layout;
    private readonly Tensor[] _tensors;
    private readonly Memory<byte>[] _memory;

    /// <param name="batch">Items; null: one, without an axis for them.</param>
    public ItemTensors(ItemLayout layout, int? batch)
    {
        _layout = layout;
        _tensors = [.. layout.Fields.Select(field => TensorPool.Empty(batch is { } items ? [items, .. field.Shape] : [.. field.Shape], field.Type))];
        _memory = Array.ConvertAll(_tensors, tensor => new TensorMemory(tensor).Memory);
    }

    /// <summary>Detached from any scope that the thread has open.</summary>
    public ItemTensors DetachFromDisposeScope()
    {
        foreach (var tensor in _tensors)
            tensor.DetachFromDisposeScope();
        return this;
    }

    /// <summary>The memory of one item.</summary>
    public ItemSlot Slot(int position) => new(_layout, _memory, position);

    /// <summary>The first items, aliases of this memory by the fields' names.</summary>
    public Dictionary<string, Tensor> First(int count)
    {
        var first = new Dictionary<string, Tensor>(_tensors.Length);
        for (var i = 0; i < _tensors.Length; i++)
            first.Add(_layout.Fields[i].Name, _tensors[i].narrow(0, 0, count));
        return first;
    }

    /// <summary>The tensors themselves, owned by the caller from now on.</summary>
    public Dictionary<string, Tensor> Take()
    {
        var all = new Dictionary<string, Tensor>(_tensors.Length);
        for (var i = 0; i < _tensors.Length; i++)
            all.Add(_layout.Fields[i].Name, _tensors[i]);
        return all;
    }

    public void Dispose()
    {
        foreach (var tensor in _tensors)
            tensor.Dispose();
    }
}

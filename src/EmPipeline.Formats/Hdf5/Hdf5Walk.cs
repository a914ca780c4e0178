using EmPipeline.Volumes;
using PureHDF;
using PureHDF.VOL.Native;

namespace EmPipeline.Formats.Hdf5;

/// <summary>Lists the datasets of a file. A group or dataset that several links lead to is listed once, by the first path; cycles end there.</summary>
internal sealed class Hdf5Walk
{
    private const int MaxDepth = 64;
    private const int MaxObjects = 1 << 18;

    private readonly HashSet<ulong> _seen = [];
    private readonly List<Hdf5Found> _found = [];
    private readonly List<MetadataValue> _notRead = [];
    private int _objects;

    private Hdf5Walk()
    {
    }

    /// <summary>Every dataset in ordinal order of paths within each group, and what links lead nowhere.</summary>
    public static (IReadOnlyList<Hdf5Found> Found, List<MetadataValue> NotRead) Of(NativeFile file, VolumePath path)
    {
        var walk = new Hdf5Walk();
        walk.IsNew(file);
        walk.Group(file, new Hdf5Groups(null, "", file), path, 0);
        return (walk._found, walk._notRead);
    }

    private void Group(IH5Group group, Hdf5Groups groups, VolumePath path, int depth)
    {
        if (depth > MaxDepth)
            throw EmException.Corrupt(path.ToString(), $"got groups more than {MaxDepth} deep at {groups.Path}, which no software writes.");
        foreach (var child in group.Children().OrderBy(child => child.Name, StringComparer.Ordinal))
        {
            if (++_objects > MaxObjects)
                throw EmException.Corrupt(path.ToString(), $"got more than {MaxObjects} objects, which no software writes.");
            var name = $"{groups.Path}/{child.Name}";
            if (!IsNew(child))
                continue;
            switch (child)
            {
                case NativeDataset dataset:
                    _found.Add(new Hdf5Found(name, dataset, groups));
                    break;
                case IH5Group inner:
                    Group(inner, new Hdf5Groups(groups, name, inner), path, depth + 1);
                    break;
                case IH5UnresolvedLink:
                    _notRead.Add(new MetadataValue($"not read: {name}", "a link that leads nowhere in this file", "HDF5 links"));
                    break;
            }
        }
    }

    private bool IsNew(IH5Object child) => child is not NativeObject found || _seen.Add(Hdf5Internals.AddressOf(found));
}

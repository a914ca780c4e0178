using EmPipeline.Volumes;
using EmPipeline.Zarr;
using PureHDF;
using PureHDF.VOL.Native;

namespace EmPipeline.Formats.Hdf5;

/// <summary>Lists the datasets of a file. A group or dataset that several links lead to is listed once, by the first path; cycles end there.</summary>
internal sealed class Hdf5Walk
{
    private const int MaxDepth = 64;
    private const int MaxObjects = 1 << 18;

    private readonly VolumePath _file;
    private readonly HashSet<ulong> _seen = [];
    private readonly List<Hdf5Found> _found = [];
    private readonly List<(string Path, NativeGroup Group)> _groups = [];
    private readonly List<MetadataValue> _notRead = [];
    private int _objects;
    private EmException? _damage;

    private Hdf5Walk(VolumePath file) => _file = file;

    /// <param name="Groups">Every group, the root as "", with what is in them after them.</param>
    /// <param name="Found">Every dataset in ordinal order of paths within each group.</param>
    /// <param name="NotRead">What is not read, with the reason.</param>
    /// <param name="Damage">The first damage met.</param>
    public sealed record Contents(
        IReadOnlyList<(string Path, NativeGroup Group)> Groups, IReadOnlyList<Hdf5Found> Found, List<MetadataValue> NotRead, EmException? Damage);

    public static Contents Of(NativeFile file, VolumePath path)
    {
        var walk = new Hdf5Walk(path);
        walk._seen.Add(Hdf5Internals.AddressOf(file));
        walk.Group(file, new Hdf5Groups(null, "", file), 0);
        return new Contents(walk._groups, walk._found, walk._notRead, walk._damage);
    }

    private void Group(NativeGroup group, Hdf5Groups groups, int depth)
    {
        if (depth > MaxDepth)
            throw EmException.Corrupt(_file.ToString(), $"got groups more than {MaxDepth} deep at {groups.Path}, which no software writes.");
        _groups.Add((groups.Path, group));
        foreach (var (name, address, open) in Links(group, groups.Path).OrderBy(link => link.Name, StringComparer.Ordinal))
        {
            var path = $"{groups.Path}/{name}";
            if (address != ulong.MaxValue && !_seen.Add(address))
                continue;
            switch (Open(open, path))
            {
                case NativeDataset dataset:
                    _found.Add(new Hdf5Found(path, dataset, groups));
                    break;
                case NativeGroup inner:
                    Group(inner, new Hdf5Groups(groups, path, inner), depth + 1);
                    break;
                case IH5UnresolvedLink:
                    _notRead.Add(new MetadataValue($"not read: {path}", "a link that leads nowhere in this file", "HDF5 links"));
                    break;
            }
        }
    }

    private List<(string Name, ulong Address, Func<IH5Object> Open)> Links(NativeGroup group, string path)
    {
        var links = new List<(string, ulong, Func<IH5Object>)>();
        try
        {
            foreach (var link in Hdf5Internals.LinksOf(group))
            {
                if (++_objects > MaxObjects)
                    throw EmException.Corrupt(_file.ToString(), $"got more than {MaxObjects} objects, which no software writes.");
                links.Add(link);
            }
        }
        catch (Exception e) when (Note(e, path.Length == 0 ? "/" : path))
        {
            // The links before the damage are still good.
        }

        return links;
    }

    private IH5Object? Open(Func<IH5Object> open, string path)
    {
        try
        {
            return open();
        }
        catch (Exception e) when (Note(e, path))
        {
            return null;
        }
    }

    /// <summary>Notes damage in one object, which does not stand in the way of the others.</summary>
    private bool Note(Exception e, string path)
    {
        if ((e as EmException ?? Hdf5Errors.Translate($"{_file} {path}", e)) is not { Fault: Fault.Corrupt or Fault.Unsupported } error)
            return false;
        _damage ??= error;
        _notRead.Add(new MetadataValue($"not read: {path}", error.Message, "HDF5 objects"));
        return true;
    }
}

using EmPipeline.Formats.Attributes;
using EmPipeline.Stages.Ledgers;

namespace EmPipeline.Stages.Metadata;

/// <summary>
/// What sections (files, or pages of one) state, added one after another: what all state alike becomes one row with its count, what varies, or is
/// missing in one of them, a row a section. Holds what the first section states and the sections' names, not the rows. Not thread-safe.
/// </summary>
internal sealed class EqualInAll
{
    // Values of the first section that are compared; what it states beyond that is a row a section even where it is equal.
    private const int MostHeldCharacters = 16 << 20;

    private readonly List<(string File, string? Part)> _sections = [];
    private readonly Dictionary<string, Common> _common = [];
    private readonly HashSet<string> _names = [];
    private int _held;
    private bool _oneFile = true;

    /// <summary>Adds a section, and gives the rows that are known to vary now.</summary>
    public IEnumerable<FileAttribute> Add(string file, string? part, IEnumerable<StoredAttribute> attributes)
    {
        var section = _sections.Count;
        _sections.Add((file, part));
        _oneFile &= _sections[0].File == file;
        _names.Clear();
        var found = 0;
        foreach (var stated in attributes)
        {
            var attribute = Named(stated);
            if (section == 0 && TryHold(attribute))
                continue;
            if (_common.TryGetValue(attribute.Path, out var common))
            {
                if (common.Value == attribute with { Part = common.Value.Part })
                {
                    common.Last = section;
                    found++;
                    continue;
                }

                foreach (var row in Vary(common.Value, section))
                    yield return row;
            }

            yield return Row(attribute, file, part, 1);
        }

        if (section == 0 || found == _common.Count)
            yield break;
        foreach (var missing in _common.Values.Where(common => common.Last != section).ToList())
        {
            foreach (var row in Vary(missing.Value, section))
                yield return row;
        }
    }

    /// <summary>The rows of what all sections state alike, in the first section's order.</summary>
    public IEnumerable<FileAttribute> Rest() => _common.Values.OrderBy(common => common.Order).Select(common =>
        Row(common.Value, _oneFile ? _sections[0].File : null, _sections.Count == 1 ? _sections[0].Part : null, _sections.Count));

    /// <summary>A name that comes twice in one section is told apart.</summary>
    private StoredAttribute Named(StoredAttribute attribute)
    {
        var path = attribute.Path;
        for (var i = 2; !_names.Add(path); i++)
            path = $"{attribute.Path} ({i})";
        return attribute with { Path = path };
    }

    private bool TryHold(StoredAttribute attribute)
    {
        var characters = attribute.Path.Length + (attribute.Value?.Length ?? 0);
        if (_held + characters > MostHeldCharacters)
            return false;
        _held += characters;
        _common.Add(attribute.Path, new Common(attribute, _common.Count));
        return true;
    }

    /// <summary>What was equal up to <paramref name="section"/> is so no longer.</summary>
    private IEnumerable<FileAttribute> Vary(StoredAttribute value, int section)
    {
        _common.Remove(value.Path);
        return _sections.Take(section).Select(before => Row(value, before.File, before.Part, 1));
    }

    private static FileAttribute Row(StoredAttribute value, string? file, string? part, long count) =>
        new(file, part, value.Path, value.Type, value.Value, value.Unit, value.Length, value.Sha256, count);

    private sealed class Common(StoredAttribute value, int order)
    {
        public StoredAttribute Value => value;

        public int Order => order;

        /// <summary>The last section that states it.</summary>
        public int Last { get; set; }
    }
}

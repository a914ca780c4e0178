using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EmPipeline.Catalog.Consolidation;
using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Registries;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Add;

/// <summary>Asks a registry what it has under a name, and chooses what a dataset would be made of.</summary>
internal sealed class SourceFinder(RegistryClient client)
{
    private const string Place = "--source";
    private const int MostFilesAsked = 8;
    // A page's whole state in its link is no text for a configuration: then the address that it names stands there.
    private const int LongestLink = 200;
    private readonly List<string> _notes = [];

    /// <exception cref="EmException">The registry does not answer, or has no such entry.</exception>
    public Task<Finding> FindAsync(EntryName entry, CancellationToken cancellation) => entry.Kind switch
    {
        SourceKind.Empiar => EmpiarAsync(entry, cancellation),
        SourceKind.Idr => IdrAsync(entry, cancellation),
        SourceKind.OpenOrganelle => OpenOrganelleAsync(entry, cancellation),
        _ => NeuroglancerAsync(entry, cancellation),
    };

    private async Task<Finding> EmpiarAsync(EntryName entry, CancellationToken cancellation)
    {
        var (claims, answer) = await ClaimsAsync("empiar", entry.Address, cancellation);
        var (pattern, others) = entry.Part is { } part ? (part, []) : await EmpiarPattern.FindAsync(client, entry.Address, Directory(answer), cancellation);
        _notes.AddRange(others);
        // Of several sets of images the pattern says which.
        if (answer is not null)
            claims = RegistryAddresses.Parse(RegistryAddresses.EmpiarEntry, Encoding.UTF8.GetString(answer), EmpiarFiles.Folder(entry.Address).AbsoluteUri, pattern);
        var source = new JsonObject { ["empiar"] = long.Parse(entry.Address, CultureInfo.InvariantCulture), ["files"] = pattern };
        // So for every entry, by EMPIAR's policy.
        return await FindingAsync($"empiar-{entry.Address}", source, claims, "CC0-1.0", cancellation);
    }

    private async Task<Finding> IdrAsync(EntryName entry, CancellationToken cancellation)
    {
        var (claims, answer) = await ClaimsAsync("idr", entry.Address, cancellation);
        var source = new JsonObject { ["idr"] = long.Parse(entry.Address, CultureInfo.InvariantCulture) };
        if (entry.Part is { } files)
            source["files"] = files;
        return await FindingAsync($"idr-{entry.Address}", source, claims, await IdrLicenceAsync(answer, cancellation), cancellation);
    }

    private async Task<Finding> OpenOrganelleAsync(EntryName entry, CancellationToken cancellation)
    {
        var images = await OpenOrganelleArrays.ImagesAsync(client, entry.Address, Place, cancellation);
        var array = entry.Part ?? images[0][(images[0].LastIndexOf('/') + 1)..];
        if (images.Count > 1)
            _notes.Add($"its images are {string.Join(", ", images)}");
        var source = new JsonObject { ["openorganelle"] = entry.Address, ["array"] = array };
        // So for all that OpenOrganelle shows, by its page "About".
        return await FindingAsync(entry.Address, source, [], "CC-BY-4.0", cancellation);
    }

    private async Task<Finding> NeuroglancerAsync(EntryName entry, CancellationToken cancellation)
    {
        var layers = NeuroglancerLayers.Of(await NeuroglancerState.ReadAsync(client, entry.Address, Place, cancellation)).Where(layer => layer.Source is not null).ToList();
        var layer = layers.FirstOrDefault(layer => layer.Type == "image").Name;
        var source = new JsonObject { ["neuroglancer"] = entry.Address };
        if (!string.IsNullOrEmpty(layer))
            source["layer"] = layer;
        if (layers.Count > 1)
            _notes.Add($"its layers are {string.Join(", ", layers.Select(other => $"{other.Name} ({other.Type})"))}; labels have such a source too");
        var finding = await FindingAsync(Sanitised(layer), source, [], null, cancellation);
        if (entry.Address.Length <= LongestLink)
            return finding;
        var named = new JsonObject { [SourceConfig.KeyOf(finding.Resolved.Kind)] = finding.Resolved.Addresses[0] };
        if (finding.Resolved.Level is { } level)
            named["level"] = level;
        return finding with { Source = named };
    }

    private async Task<Finding> FindingAsync(string name, JsonObject source, IReadOnlyList<Claim> claims, string? licence, CancellationToken cancellation)
    {
        var resolved = await SourceResolver.ResolveAsync(client, SourceConfig.Of(source), Place, cancellation);
        var (header, problem) = await RemoteHeader.ReadAsync(client, resolved, cancellation);
        if (problem is not null)
            _notes.Add(problem);
        var files = resolved is { Kind: SourceKind.Http, Level: null } ? resolved.Addresses : [];
        var (bytes, isEstimate) = await BytesAsync(files, cancellation);
        // Of a stack the first section tells all but how many there are.
        var shape = header?.Shape is { Rank: 3 } first && files.Count > 1 && first[0] == 1 ? new NdIndex(files.Count, first[1], first[2]) : header?.Shape;
        if (files.Count > 1 && header?.Shape[0] > 1)
            _notes.Add($"{files[0]} has {header.Shape[0]} sections by itself: files like it are a dataset each, so name one of them");
        if (header is not null)
            claims = [.. VolumeInfoClaims.From("header of " + resolved.Addresses[0][(resolved.Addresses[0].LastIndexOf('/') + 1)..], header with { Shape = shape!.Value }), .. claims];
        return new Finding(name, source, resolved)
        {
            Stated = Consolidator.Consolidate(name, claims),
            Licence = licence,
            Shape = shape,
            DecodedBytes = header is null ? null : shape!.Value.Volume * header.Type.Size(),
            FileBytes = bytes,
            IsEstimate = isEstimate,
            Notes = _notes,
        };
    }

    /// <summary>What a registry's description of an entry states, and its first answer; a registry that does not describe it still may have its files.</summary>
    private async Task<(IReadOnlyList<Claim> Claims, byte[]? First)> ClaimsAsync(string registry, string id, CancellationToken cancellation)
    {
        var claims = new List<Claim>();
        byte[]? first = null;
        foreach (var (kind, address) in RegistryAddresses.Of(new RegistryEntry(registry, long.Parse(id, CultureInfo.InvariantCulture))))
        {
            try
            {
                var answer = await client.AskAsync(null, address, cancellation);
                claims.AddRange(RegistryAddresses.Parse(kind, Encoding.UTF8.GetString(answer), address.AbsoluteUri));
                first ??= answer;
            }
            catch (EmException e) when (e.Fault is Fault.Source or Fault.Corrupt)
            {
                _notes.Add(e.Message);
            }
        }

        return (claims, first);
    }

    private async Task<(long? Bytes, bool IsEstimate)> BytesAsync(IReadOnlyList<string> files, CancellationToken cancellation)
    {
        var (sum, asked) = (0L, 0);
        foreach (var (folder, key) in files.Take(MostFilesAsked).Select(address => StoreFactory.Split(new Uri(address))))
        {
            try
            {
                if (await client.Open(folder).FindAsync(key, cancellation) is not { } found)
                    return (null, false);
                (sum, asked) = (sum + found.Length, asked + 1);
            }
            catch (StorageException e) when (e.Fault != StorageFault.Machine)
            {
                return (null, false);
            }
        }

        return asked == 0 ? (null, false) : ((long)((double)sum / asked * files.Count), asked < files.Count);
    }

    /// <summary>The licence that the IDR's annotations of the image's project name; null where they do not say.</summary>
    private async Task<string?> IdrLicenceAsync(byte[]? image, CancellationToken cancellation)
    {
        if (image is null)
            return null;
        try
        {
            using var data = JsonDocument.Parse(image);
            var project = data.RootElement.GetProperty("meta").GetProperty("projectId").GetInt64();
            using var answer = JsonDocument.Parse(await client.AskAsync(null, new Uri($"https://idr.openmicroscopy.org/webclient/api/annotations/?type=map&project={project}"), cancellation));
            return answer.RootElement.GetProperty("annotations").EnumerateArray().SelectMany(annotation => annotation.GetProperty("values").EnumerateArray())
                .Where(pair => pair[0].GetString() is "License" or "Licence").Select(pair => pair[1].GetString()).OfType<string>().Select(Licences.Normalise).FirstOrDefault();
        }
        catch (Exception e) when (e is EmException { Fault: Fault.Source } or JsonException or InvalidOperationException or KeyNotFoundException or FormatException or IndexOutOfRangeException)
        {
            // It is one of many annotations, or there is none.
            return null;
        }
    }

    /// <summary>The folder of an entry's first set of images.</summary>
    private static string Directory(byte[]? answer)
    {
        const string usual = "data";
        try
        {
            using var entry = JsonDocument.Parse(answer ?? "{}"u8.ToArray());
            return entry.RootElement.EnumerateObject().First().Value.GetProperty("imagesets")[0].GetProperty("directory").GetString()?.Trim('/') is { Length: > 0 } stated ? stated : usual;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException)
        {
            return usual;
        }
    }

    private static string Sanitised(string? layer)
    {
        var name = new string([.. (layer ?? "").Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-')]).Trim('-');
        return name.Length > 0 ? name : "neuroglancer";
    }
}

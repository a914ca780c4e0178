namespace EmPipeline.Catalog.Build;

/// <summary>How many files a dataset has, and their bytes: counted once as they pass, since there may be too many to hold.</summary>
internal sealed class FileTotals
{
    private readonly Dictionary<string, (long Count, long Bytes)> _datasets = [];

    /// <summary>Bytes of all datasets' files.</summary>
    public long Bytes => _datasets.Values.Sum(totals => totals.Bytes);

    public (long Count, long Bytes) Of(string dataset) => _datasets.GetValueOrDefault(dataset);

    public IEnumerable<FileRecord> Count(IEnumerable<FileRecord> files)
    {
        foreach (var file in files)
        {
            var (count, bytes) = Of(file.Dataset);
            _datasets[file.Dataset] = (count + 1, bytes + file.Length);
            yield return file;
        }
    }
}

namespace EmPipeline.Catalog.Build;

/// <summary>What a row about a label's place is about; rows are in this order.</summary>
internal readonly record struct LabelPlace(string Dataset, string Origin, string Label, long Z, long Y, long X, string Class, int Level = 0)
{
    public static LabelPlace Of(LabelBlockRow row) => new(row.Dataset, row.Origin, row.Label, row.Z, row.Y, row.X, row.Class);

    public static LabelPlace Of(LabelChunkRow row) => new(row.Dataset, row.Origin, row.Label, row.Z, row.Y, row.X, row.Class);

    public static LabelPlace Of(LabelShardRow row) => new(row.Dataset, row.Origin, row.Label, row.ShardZ, row.ShardY, row.ShardX, "", row.Level);

    public bool IsSameLabel(LabelPlace other) => Dataset == other.Dataset && Origin == other.Origin && Label == other.Label;

    public int CompareTo(LabelPlace other)
    {
        var order = string.CompareOrdinal(Dataset, other.Dataset);
        order = order != 0 ? order : string.CompareOrdinal(Origin, other.Origin);
        order = order != 0 ? order : string.CompareOrdinal(Label, other.Label);
        order = order != 0 ? order : (Level, Z, Y, X).CompareTo((other.Level, other.Z, other.Y, other.X));
        return order != 0 ? order : string.CompareOrdinal(Class, other.Class);
    }

    public override string ToString() => $"{Dataset} {Origin}/{Label} {(Class.Length > 0 ? Class : $"level {Level}")} [{Z}, {Y}, {X}]";
}

using EmPipeline.Formats.Attributes;

namespace EmPipeline.Formats.Mrc;

/// <summary>The fields of the header and, where it is of a known kind, of the extended one.</summary>
internal static class MrcAttributes
{
    public static IEnumerable<StoredAttribute> Of(MrcHeader header, MrcExtendedHeader extended)
    {
        yield return StoredAttribute.OfText("NX, NY, NZ", "header", header.Extent.ToString().Trim('(', ')'));
        foreach (var value in header.Metadata())
            yield return StoredAttribute.OfText(value.Key, "header", value.Value, value.Key == "CELLA" ? "Å" : null);
        foreach (var value in extended.Metadata)
            yield return StoredAttribute.OfText(value.Key, "extended header", value.Value);
        if (header.ExtendedBytes > 0)
            yield return StoredAttribute.OfLength("extended header", "bytes", header.ExtendedBytes);
    }
}

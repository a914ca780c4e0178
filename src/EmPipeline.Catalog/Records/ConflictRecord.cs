namespace EmPipeline.Catalog;

/// <summary>Two origins that state different values for one field. Values are in the field's unit.</summary>
/// <param name="Rule">Why the one was chosen over the other.</param>
public sealed record ConflictRecord(
    string Dataset, string Field, string ChosenValue, string ChosenOrigin, string OtherValue, string OtherOrigin, string Rule);

using System.Text.Json.Serialization;

namespace EmPipeline.Storage;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PieceMap.State))]
internal sealed partial class StateJson : JsonSerializerContext;

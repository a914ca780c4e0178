using System.Text.Json.Nodes;
using EmPipeline.Stages.Ledgers;

namespace EmPipeline.Stages.Tests.Ledgers;

public sealed class StageInputsTests
{
    private static readonly string Hash = new('a', 64), Other = new('b', 64);

    [Fact]
    public void A_change_is_told_with_both_values_but_for_hashes()
    {
        Difference("[32]", "[16]").Should().Be("a.b changed: was [32], is [16]");
        Difference("null", "\"zstd\"").Should().Be("a.b changed: was not set, is \"zstd\"");
        Difference("null", $"\"{Hash}\"").Should().Be("a.b is new");
        Difference($"\"{Hash}\"", $"\"{Other}\"").Should().Be("a.b changed");
        Difference($"\"{Hash}\"", "null").Should().Be("a.b is gone");
        Difference($"\"{Hash}\"", $"\"{Hash}\"").Should().BeNull();

        static string? Difference(string was, string now) => StageInputs.Difference(Of(was), Of(now));
        static JsonNode? Of(string value) => new JsonObject { ["a"] = new JsonObject { ["b"] = JsonNode.Parse(value) } };
    }
}

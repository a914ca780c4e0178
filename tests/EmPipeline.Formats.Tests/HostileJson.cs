using System.Text.Json.Nodes;

namespace EmPipeline.Formats.Tests;

/// <summary>Damages JSON that stays JSON: values become others that tend to break arithmetic or what is expected of a type.</summary>
internal static class HostileJson
{
    private static readonly string[] Values =
    [
        "0", "-1", "1", "2147483647", "2147483648", "4294967295", "9223372036854775807", "-9223372036854775808", "18446744073709551615",
        "1e308", "1e400", "-1e-400", "0.5", "1000000", "64.0", "\"\"", "\"x\"", "\"../../x\"", "\"\\u0000\"", "\"NaN\"", "null", "true", "[]", "{}", "[[]]",
        "[1,2,3]", "[9223372036854775807,9223372036854775807,9223372036854775807]", "[0,0,0]", "{\"name\":\"bytes\"}", "{\"id\":\"delta\"}",
    ];

    /// <summary>Copies of a JSON file with one to three values replaced, left out or doubled; none of a file that is no JSON.</summary>
    public static IEnumerable<Mutation> Mutations(byte[] file, int seed, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var random = new Random((seed * 7919) + i);
            JsonNode? root;
            try
            {
                root = JsonNode.Parse(file);
            }
            catch (System.Text.Json.JsonException)
            {
                yield break;
            }

            var what = new List<string>();
            for (var change = random.Next(3); change >= 0; change--)
                what.Add(Change(root!, random));
            yield return new Mutation($"seed {seed}, JSON {i}: {string.Join(", ", what)}", System.Text.Encoding.UTF8.GetBytes(root!.ToJsonString()));
        }
    }

    private static string Change(JsonNode root, Random random)
    {
        var places = new List<(JsonNode Parent, object Key)>();
        Collect(root, places);
        if (places.Count == 0)
            return "nothing";
        var (parent, key) = places[random.Next(places.Count)];
        var text = Values[random.Next(Values.Length)];
        switch (parent, key, random.Next(8))
        {
            case (JsonObject owner, string name, 0):
                owner.Remove(name);
                return $"{owner.GetPath()}.{name} left out";
            case (JsonArray list, int index, 0):
                list.RemoveAt(index);
                return $"{list.GetPath()}[{index}] left out";
            case (JsonArray list, int index, 1):
                list.Insert(index, list[index]?.DeepClone());
                return $"{list.GetPath()}[{index}] doubled";
            case (JsonObject owner, string name, _):
                owner[name] = JsonNode.Parse(text);
                return $"{owner.GetPath()}.{name} = {text}";
            case (JsonArray list, int index, _):
                list[index] = JsonNode.Parse(text);
                return $"{list.GetPath()}[{index}] = {text}";
            default:
                return "nothing";
        }
    }

    private static void Collect(JsonNode node, List<(JsonNode Parent, object Key)> places)
    {
        switch (node)
        {
            case JsonObject owner:
                foreach (var (name, value) in owner)
                {
                    places.Add((owner, name));
                    if (value is not null)
                        Collect(value, places);
                }

                break;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                {
                    places.Add((list, i));
                    if (list[i] is { } value)
                        Collect(value, places);
                }

                break;
        }
    }
}

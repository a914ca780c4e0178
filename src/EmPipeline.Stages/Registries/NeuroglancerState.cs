using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Registries;

/// <summary>
/// The state of a Neuroglancer page: what follows <c>#!</c> in its address, as JSON or as the address of a JSON file. Short links are followed. What
/// Neuroglancer wrote before 2020, with <c>'</c> for quotes and <c>_</c> for commas, is read too.
/// </summary>
internal static class NeuroglancerState
{
    private const int MostSteps = 5;

    /// <param name="text">A link, or the state itself.</param>
    /// <exception cref="EmException">Nobody answers, or what does is no state.</exception>
    public static async Task<JsonObject> ReadAsync(RegistryClient client, string text, string place, CancellationToken cancellation)
    {
        text = text.Trim();
        for (var step = 0; step < MostSteps; step++)
        {
            if (text.StartsWith('{'))
                return Parse(text, place);
            var hash = text.IndexOf("#!", StringComparison.Ordinal);
            if (hash >= 0)
            {
                // "#!+" adds to what the page shows by default.
                text = Uri.UnescapeDataString(text[(hash + 2)..]).TrimStart('+');
                continue;
            }

            if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http" or "gs" or "s3"))
                break;
            if (address.Scheme.StartsWith("http", StringComparison.Ordinal) && await client.FollowAsync(address, cancellation) is { } next)
            {
                text = next;
                continue;
            }

            return Parse(await client.AskTextAsync("neuroglancer-state.json", address, cancellation), address.AbsoluteUri);
        }

        throw new EmException(Fault.Configuration, $"{place}: got '{Short(text)}', expected a link with Neuroglancer's state after #!, the address of such a state, or the state itself: {{ layers: … }}.");
    }

    private static JsonObject Parse(string text, string place)
    {
        foreach (var json in (string[])[text, FromUrlSafe(text)])
        {
            try
            {
                if (JsonNode.Parse(json) is JsonObject state)
                    return state;
            }
            catch (JsonException)
            {
            }
        }

        throw EmException.Unavailable(place, $"got '{Short(text)}', expected Neuroglancer's state as JSON. Open the link in a browser: its whole address, after the page is there, is what is needed.");
    }

    // Strings stay as they are, but for the quotes round them.
    private static string FromUrlSafe(string text)
    {
        var json = new StringBuilder(text.Length);
        var quote = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quote == '\0')
            {
                quote = c is '\'' or '"' ? c : '\0';
                _ = json.Append(c switch { '\'' => '"', '_' => ',', _ => c });
            }
            else if (c == '\\' && i + 1 < text.Length)
            {
                _ = text[++i] == '\'' ? json.Append('\'') : json.Append('\\').Append(text[i]);
            }
            else if (c == quote)
            {
                quote = '\0';
                json.Append('"');
            }
            else
            {
                _ = c == '"' ? json.Append("\\\"") : json.Append(c);
            }
        }

        return json.ToString();
    }

    private static string Short(string text) => text.Length <= 80 ? text : text[..77] + "...";
}

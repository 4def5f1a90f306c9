using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlOps.Core.Files;

namespace MlOps.CloudBuild.Triggers;

/// <summary>What an event brings along, and <c>$(body.message.data.x)</c> in the values of substitutions, which takes a part of it.</summary>
public sealed partial class Payload
{
    private Payload(ImmutableSortedDictionary<string, JsonNode?> roots) => Roots = roots;

    /// <summary>The names at which a binding can begin: <c>body</c>, <c>push</c> or <c>pull_request</c>.</summary>
    public ImmutableSortedDictionary<string, JsonNode?> Roots { get; }

    public static Payload None { get; } = new(ImmutableSortedDictionary.Create<string, JsonNode?>(StringComparer.Ordinal));

    public static Payload Of(TriggerEvent happened) => happened switch
    {
        TriggerEvent.Message message => Of("body", message.Body),
        TriggerEvent.Webhook webhook => Of("body", webhook.Body),
        _ => None,
    };

    /// <param name="root"><c>push</c> or <c>pull_request</c>: what GitHub sends of it.</param>
    public static Payload Of(string root, JsonNode? value) => new(None.Roots.SetItem(root, value));

    /// <summary>A substitution's value with its bindings replaced. A part that is not there is empty; one that is no text is JSON.</summary>
    public string Bind(string value) => Binding().Replace(value, found => Text(found.Groups["path"].Value));

    /// <summary>The bindings of a value, without <c>$(</c> and <c>)</c>.</summary>
    public static IEnumerable<string> BindingsOf(string value) => Binding().Matches(value).Select(found => found.Groups["path"].Value);

    private string Text(string path)
    {
        var parts = Part().Matches(path).Select(part => part.Groups["name"].Value).ToArray();
        if (parts.Length == 0 || !Roots.TryGetValue(parts[0], out var at))
        {
            return "";
        }

        foreach (var part in parts.Skip(1))
        {
            at = at switch
            {
                JsonObject map => map[part],
                JsonArray list when int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count => list[index],
                _ => null,
            };
        }

        return at switch
        {
            null => "",
            JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
            JsonValue value when value.GetValueKind() == JsonValueKind.Number => JsonNumber.Text(value.GetValue<double>()),
            _ => at.ToJsonString(Plain),
        };
    }

    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [GeneratedRegex(@"\$\((?<path>[A-Za-z_][\w-]*(\.[\w-]+|\[\d+\]|\[['""][^'""\]]+['""]\])*)\)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Binding();

    [GeneratedRegex(@"(?<name>[\w-]+)|\[['""](?<name>[^'""\]]+)['""]\]", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}

using System.Text.RegularExpressions;
using Google.Cloud.SecretManager.V1;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.SecretManager;

/// <summary>
/// A list's filter: terms <c>FIELD:VALUE</c> (holds) and <c>FIELD=VALUE</c> (is), all of which must be true, joined by AND or
/// by nothing. Fields: <c>name</c>, <c>labels.KEY</c>, <c>annotations.KEY</c>, <c>state</c>.
/// </summary>
internal sealed partial class SecretFilter
{
    private readonly List<(string Field, bool Is, string Value)> _terms = [];

    /// <exception cref="Grpc.Core.RpcException">UNIMPLEMENTED: another form.</exception>
    public static SecretFilter Parse(string filter)
    {
        var parsed = new SecretFilter();
        for (var rest = filter.Trim(); rest.Length > 0;)
        {
            var match = Term().Match(rest);
            if (!match.Success)
            {
                throw Rpc.Unimplemented($"The local cloud filters secrets by name, labels.KEY, annotations.KEY and state, as FIELD:VALUE or FIELD=VALUE joined by AND, not by '{filter}'.");
            }

            var value = match.Groups["quoted"].Success ? match.Groups["quoted"].Value : match.Groups["plain"].Value;
            parsed._terms.Add((match.Groups["field"].Value, match.Groups["operator"].Value == "=", value));
            rest = rest[match.Length..];
        }

        return parsed;
    }

    public bool Passes(Secret secret) => _terms.TrueForAll(term => Passes(term, term.Field switch
    {
        "name" => secret.Name,
        ['l', 'a', 'b', 'e', 'l', 's', '.', .. var key] => secret.Labels.GetValueOrDefault(key),
        ['a', 'n', 'n', 'o', 't', 'a', 't', 'i', 'o', 'n', 's', '.', .. var key] => secret.Annotations.GetValueOrDefault(key),
        _ => null,
    }));

    public bool Passes(SecretVersion version) => _terms.TrueForAll(term => Passes(term, term.Field switch
    {
        "name" => version.Name,
        "state" => version.State.ToString().ToUpperInvariant(),
        _ => null,
    }));

    private static bool Passes((string Field, bool Is, string Value) term, string? value) => value is not null && (term.Is
        ? string.Equals(value, term.Value, StringComparison.OrdinalIgnoreCase)
        : term.Value == "*" || value.Contains(term.Value, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex("""^(?<field>name|state|labels\.[^\s:=]+|annotations\.[^\s:=]+)\s*(?<operator>[:=])\s*("(?<quoted>[^"]*)"|(?<plain>[^\s"()]+))(\s+AND\s+(?=\S)|\s+(?!OR\b)|$)""", RegexOptions.CultureInvariant)]
    private static partial Regex Term();
}

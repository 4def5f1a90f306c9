using System.Text.RegularExpressions;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.ArtifactRegistry;

/// <summary>A list's filter: <c>FIELD="VALUE"</c>, stars before and after the value, upper and lower case alike.</summary>
internal static partial class NameFilter
{
    /// <summary>Tells of a field's value whether it passes; other fields are not asked about.</summary>
    /// <exception cref="Grpc.Core.RpcException">UNIMPLEMENTED: another form, or another field.</exception>
    public static (string Field, Func<string, bool> Passes) Parse(string filter, params string[] fields)
    {
        if (filter.Length == 0)
        {
            return (fields[0], _ => true);
        }

        var match = Grammar().Match(filter);
        if (!match.Success || !fields.Contains(match.Groups["field"].Value, StringComparer.OrdinalIgnoreCase))
        {
            throw Rpc.Unimplemented($"The local cloud filters this list by {string.Join(" or ", fields)}, as {fields[0]}=\"VALUE\" with * before and after, not by '{filter}'.");
        }

        var pattern = "^" + Regex.Escape(match.Groups["value"].Value).Replace("\\*", ".*", StringComparison.Ordinal) + "$";
        var regex = new Regex(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        return (match.Groups["field"].Value.ToLowerInvariant(), regex.IsMatch);
    }

    [GeneratedRegex("""^\s*(?<field>[A-Za-z_.]+)\s*=\s*"(?<value>[^"]*)"\s*$""", RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}

using System.Text;

namespace MlOps.LocalCloud.Vertex.Running;

/// <summary><c>$(NAME)</c> stands for a variable, <c>$$(NAME)</c> for itself; other references stay as written (as in Kubernetes).</summary>
internal static class VariableReferences
{
    public static string Expand(string value, IReadOnlyDictionary<string, string> earlier)
    {
        var result = new StringBuilder();
        for (var at = 0; at < value.Length;)
        {
            var escaped = string.CompareOrdinal(value, at, "$$(", 0, 3) == 0;
            var end = escaped || string.CompareOrdinal(value, at, "$(", 0, 2) == 0 ? value.IndexOf(')', at) : -1;
            if (end < 0)
            {
                result.Append(value[at++]);
                continue;
            }

            var reference = value[(at + (escaped ? 1 : 0))..(end + 1)];
            result.Append(!escaped && earlier.TryGetValue(reference[2..^1], out var found) ? found : reference);
            at = end + 1;
        }

        return result.ToString();
    }
}

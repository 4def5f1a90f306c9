using System.Collections;
using System.Collections.Frozen;
using Google.Cloud.CloudBuild.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace MlOps.CloudBuild.Substitutions;

/// <summary>
/// The fields in which Cloud Build replaces references: those of its documentation, and those in which public files rely on it. Not
/// <c>script</c>, and not <c>id</c> and <c>waitFor</c>, which are names and the same with or without.
/// </summary>
internal static class SubstitutedFields
{
    private static readonly FrozenSet<string> Fields = new[]
    {
        "steps.name", "steps.args", "steps.env", "steps.dir", "steps.entrypoint",
        "images", "tags", "artifacts", "logsBucket", "serviceAccount", "options.env", "options.pool.name",
        "availableSecrets.secretManager.versionName", "availableSecrets.inline.kmsKeyName", "secrets.kmsKeyName",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Around = Fields.SelectMany(Ancestors).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Changes the build in place.</summary>
    /// <param name="rewrite">From a field's path (<c>steps[0].args[1]</c>) and text to its new text.</param>
    public static void Rewrite(Build build, Func<string, string, string> rewrite) => Rewrite(build, "", "", false, rewrite);

    /// <param name="name">The message's path without indices.</param>
    /// <param name="all">Every text below is substituted.</param>
    private static void Rewrite(IMessage message, string path, string name, bool all, Func<string, string, string> rewrite)
    {
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            var fieldName = Join(name, field.JsonName);
            var whole = all || Fields.Contains(fieldName);
            if (!field.IsMap && (whole || Around.Contains(fieldName)))
            {
                Rewrite(message, field, Join(path, field.JsonName), fieldName, whole, rewrite);
            }
        }
    }

    private static void Rewrite(IMessage message, FieldDescriptor field, string path, string name, bool whole, Func<string, string, string> rewrite)
    {
        var value = field.Accessor.GetValue(message);
        switch (field.FieldType)
        {
            case FieldType.String when field.IsRepeated:
                var texts = (IList<string>)value;
                for (var index = 0; index < texts.Count; index++)
                {
                    texts[index] = rewrite($"{path}[{index}]", texts[index]);
                }

                break;
            case FieldType.String when whole && value is string { Length: > 0 } text:
                field.Accessor.SetValue(message, rewrite(path, text));
                break;
            case FieldType.Message when field.IsRepeated:
                var at = 0;
                foreach (IMessage item in (IList)value)
                {
                    Rewrite(item, $"{path}[{at++}]", name, whole, rewrite);
                }

                break;
            case FieldType.Message when value is IMessage inner:
                Rewrite(inner, path, name, whole, rewrite);
                break;
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static IEnumerable<string> Ancestors(string field)
    {
        for (var dot = field.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = field.IndexOf('.', dot + 1))
        {
            yield return field[..dot];
        }
    }
}

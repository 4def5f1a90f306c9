using Google.Cloud.CloudBuild.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.CloudBuild.Serving;

/// <summary><c>filter</c> of a list of builds: any field of a build by its path, snake_case or camelCase, through lists and maps.</summary>
internal static class BuildFilter
{
    private const string Example = """status="SUCCESS", tags="nightly", trigger_id="…", substitutions.COMMIT_SHA="…", create_time>"2026-01-31T00:00:00Z" """;

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: the filter cannot be read.</exception>
    public static Func<Build, bool> Parse(string text) => ListFilter<Build>.Parse(text, Field, Example.TrimEnd());

    private static FilterField<Build>? Field(string name)
    {
        // Older names, which the documentation of gcloud's --filter still has.
        var path = name switch { "trigger_id" or "triggerId" => "build_trigger_id", "build_id" or "buildId" => "id", _ => name };
        return Reader(Build.Descriptor, path.Split('.')) is var (read, last, names)
            ? last == Timestamp.Descriptor
                ? new FilterField<Build>.Time(build => read(build).OfType<Timestamp>().FirstOrDefault())
                : new FilterField<Build>.Texts(build => read(build).Select(Text)) { Names = names }
            : null;
    }

    /// <summary>How the values at a path are read, their message's type, and an enum's names; null where there is no such path.</summary>
    private static (Func<IMessage, IEnumerable<object>> Read, MessageDescriptor? Type, IReadOnlyCollection<string>? Names)? Reader(MessageDescriptor message, ReadOnlySpan<string> path)
    {
        var name = path[0];
        if (message.Fields.InDeclarationOrder().FirstOrDefault(field => field.Name == name || field.JsonName == name) is not { } field)
        {
            return null;
        }

        if (field.IsMap)
        {
            return path.Length < 2 ? null : (Entry(field, string.Join('.', path[1..]!)), null, null);
        }

        var type = field.FieldType == FieldType.Message ? field.MessageType : null;
        if (path.Length == 1)
        {
            return (of => Values(field, of), type, field.FieldType == FieldType.Enum ? [.. field.EnumType.Values.Select(value => value.Name)] : null);
        }

        return type is not null && Reader(type, path[1..]) is var (inner, last, names) ? (of => Values(field, of).OfType<IMessage>().SelectMany(inner), last, names) : null;
    }

    private static Func<IMessage, IEnumerable<object>> Entry(FieldDescriptor field, string key) =>
        of => (System.Collections.IDictionary)field.Accessor.GetValue(of) is var map && map.Contains(key) ? [map[key]!] : [];

    private static IEnumerable<object> Values(FieldDescriptor field, IMessage of) => (field.IsRepeated, field.Accessor.GetValue(of)) switch
    {
        (true, System.Collections.IList list) => list.Cast<object>().Select(value => Named(field, value)),
        (false, { } value) => [Named(field, value)],
        _ => [],
    };

    private static object Named(FieldDescriptor field, object value) =>
        field.FieldType == FieldType.Enum ? field.EnumType.FindValueByNumber((int)value)?.Name ?? $"{(int)value}" : value;

    private static string Text(object value) => value switch
    {
        bool yes => yes ? "true" : "false",
        Duration duration => JsonFormatter.Default.Format(duration).Trim('"'),
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => $"{value}",
    };
}

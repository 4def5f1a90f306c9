using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using MlOps.Containers.Dockerfiles;

namespace MlOps.Containers.Build;

/// <summary>The one time that images get instead of now or the commit's: an unchanged component must keep its digest (docs/decisions/0011-reproducible-images.md).</summary>
public static class ImageTime
{
    /// <summary>The build argument by which builders and build tools take a time (reproducible-builds.org/specs/source-date-epoch).</summary>
    public const string Argument = "SOURCE_DATE_EPOCH";

    /// <summary>Zip tools know no time before 1980, whatever the time zone.</summary>
    public static DateTimeOffset Value { get; } = new(1980, 2, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// A build's arguments with the time (seconds since 1970) among them. One that was given, or that the Dockerfile has a default for, stays;
    /// the classic builder, which warns of arguments that nothing declares, gets it where the Dockerfile declares it.
    /// </summary>
    internal static ImmutableSortedDictionary<string, string> AddTo(ImmutableSortedDictionary<string, string> arguments, ReadOnlySpan<byte> dockerfile, bool buildKit)
    {
        if (arguments.ContainsKey(Argument))
        {
            return arguments;
        }

        // What is wrong with the file is the builder's to say.
        var declared = DockerfileParser.Parse("", Encoding.UTF8.GetString(dockerfile), []).Arguments.Where(argument => argument.Name == Argument).ToList();
        return declared.Any(argument => argument.Default is not null) || (!buildKit && declared.Count == 0)
            ? arguments
            : arguments.Add(Argument, Value.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
    }
}

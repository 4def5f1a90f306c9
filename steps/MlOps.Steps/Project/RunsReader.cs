using System.Collections.Immutable;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;

namespace MlOps.Steps.Project;

/// <summary>An environment's <c>run</c> key: one pipeline to run, or a list of them, in order.</summary>
internal static class RunsReader
{
    public static ImmutableArray<RunSettings> Read(Section environment, string root) => environment["run"] switch
    {
        null => [],
        YamlList list => [.. list.Items.Select(item => ReadOne(item, environment, root)).OfType<RunSettings>()],
        var node => ReadOne(node, environment, root) is { } run ? [run] : [],
    };

    private static RunSettings? ReadOne(YamlNode node, Section environment, string root)
    {
        var what = $"'run' of {environment.What}";
        if (node is YamlScalar { Value: string name })
        {
            return Settings(name, null, node.Spot);
        }

        if (Section.Of(node, what, ProjectKeys.Run, environment.Problems) is not { } section)
        {
            return null;
        }

        if (section["pipeline"] is null)
        {
            section.Error("missing-key", $"{char.ToUpperInvariant(what[0])}{what[1..]} lacks 'pipeline': the name of one under 'pipelines'.", section.Spot);
        }

        var file = section["parameters"] is YamlMap inline ? Inline(section, inline) : section.Text("parameters");
        return Settings(section.Text("pipeline") ?? "", Parameters(section, "parameters", file, root), section.SpotOf("pipeline")) with
        {
            Timeout = section.Duration("timeout") ?? RunSettings.DefaultTimeout,
            Caching = section.Flag("caching"),
            FailurePolicy = section.Word("failurePolicy", "slow", "fast") ?? "slow",
            Parallel = section.Flag("parallel") ?? false,
        };
    }

    /// <summary>The full path of a parameters file; a problem where it is not there.</summary>
    public static string? Parameters(Section section, string key, string? file, string root)
    {
        if (file is null)
        {
            return null;
        }

        var path = Path.GetFullPath(file, root);
        if (!File.Exists(path))
        {
            section.Error("no-such-file", $"'{key}' in {section.What} names {file}, which is not there: write it, a YAML map of the pipeline's inputs.", section.SpotOf(key));
        }

        return path;
    }

    private static RunSettings Settings(string pipeline, string? parameters, SourceSpot spot) =>
        new(pipeline, parameters, RunSettings.DefaultTimeout, Caching: null, FailurePolicy: "slow", Parallel: false, spot);

    private static string? Inline(Section section, YamlMap inline)
    {
        section.Error("wrong-kind", "'parameters' is the path of a file, such as settings/dev.yaml; put these values into one.", inline.Spot);
        return null;
    }
}

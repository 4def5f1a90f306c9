using System.Collections.Immutable;
using System.Text.RegularExpressions;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;

namespace MlOps.Steps.Project;

/// <summary>The <c>pipelines</c> key: where each pipeline's source is and what compiles it.</summary>
internal static partial class PipelineSourcesReader
{
    public static ImmutableSortedDictionary<string, PipelineSource> Read(Section top, string root)
    {
        var pipelines = ImmutableSortedDictionary.CreateBuilder<string, PipelineSource>(StringComparer.Ordinal);
        foreach (var (name, value) in top.Entries("pipelines"))
        {
            if (!NameForm().IsMatch(name.Text))
            {
                top.Error("bad-name", $"'{name.Text}' is not a pipeline's name: expected lower-case letters, digits and dashes, at most 128.", name.Spot);
            }

            if (ReadOne(name, value, root, top.Problems) is { } pipeline)
            {
                pipelines[name.Text] = pipeline;
            }
        }

        return pipelines.ToImmutable();
    }

    /// <summary>The names as they are written, those with problems included.</summary>
    public static ImmutableArray<string> Names(Section top) => [.. (top["pipelines"] as YamlMap)?.Entries.Select(entry => entry.Key.Text) ?? []];

    private static PipelineSource? ReadOne(YamlScalar name, YamlNode value, string root, ICollection<Problem> problems)
    {
        if (value is YamlScalar { Value: string file })
        {
            return Source(name, file, value.Spot, null, null, root, problems);
        }

        if (Section.Of(value, $"pipeline '{name.Text}'", ProjectKeys.Pipeline, problems) is not { } section)
        {
            return null;
        }

        if (section["source"] is null)
        {
            section.Error("missing-key", $"Pipeline '{name.Text}' lacks 'source': the file that defines it, such as pipelines/{name.Text}.yaml.", name.Spot);
            return null;
        }

        var (compiler, command) = Compiler(section);
        return section.Text("source") is { } source ? Source(name, source, section.SpotOf("source"), compiler, command, root, problems) : null;
    }

    private static (string? Compiler, string? Command) Compiler(Section section)
    {
        if (section["compiler"] is not YamlMap)
        {
            return (section.Word("compiler", "yaml", "ir", "kfp", "tfx", "csharp"), null);
        }

        var command = section.Inner("compiler", ProjectKeys.Compiler)?.Text("command");
        if (command is null)
        {
            section.Error("missing-key", $"The compiler of {section.What} lacks 'command': what writes the compiled pipeline to the file named by $MLOPS_OUTPUT.", section.SpotOf("compiler"));
        }

        return ("command", command);
    }

    private static PipelineSource? Source(YamlScalar name, string file, SourceSpot spot, string? compiler, string? command, string root, ICollection<Problem> problems)
    {
        var path = Path.GetFullPath(file, root);
        if (!File.Exists(path))
        {
            problems.Add(Problem.Error("no-such-file", $"Pipeline '{name.Text}' is to be read from {file}, which is not there.{Near(path, root)}", spot));
            return null;
        }

        compiler ??= Detect(path, file, spot, problems);
        return compiler is null ? null : new PipelineSource(name.Text, path, compiler, command, spot);
    }

    /// <summary>What a file is, from its ending and its content.</summary>
    private static string? Detect(string path, string file, SourceSpot spot, ICollection<Problem> problems)
    {
        var extension = Path.GetExtension(path).ToLowerInvariant();
        if (extension is ".cs" or ".csproj")
        {
            return "csharp";
        }

        if (extension is not (".py" or ".yaml" or ".yml" or ".json"))
        {
            problems.Add(Problem.Error("unknown-compiler", $"{file} says by its ending neither Python, C#, YAML nor JSON: give 'compiler' (yaml, ir, kfp, tfx, csharp or {{command: …}}).", spot));
            return null;
        }

        var unread = new List<Problem>();
        if (SourceText.Read("", path, unread) is not { } text)
        {
            problems.Add(unread[0] with { File = file });
            return null;
        }

        if (extension == ".py")
        {
            return ImportsTfx().IsMatch(text) ? "tfx" : ImportsKfp().IsMatch(text) ? "kfp" : Undecided(file, spot, problems);
        }

        return extension == ".json" || IrKey().IsMatch(text) ? "ir" : "yaml";
    }

    private static string? Undecided(string file, SourceSpot spot, ICollection<Problem> problems)
    {
        problems.Add(Problem.Error("unknown-compiler", $"{file} imports neither kfp nor tfx: give 'compiler' (kfp, tfx or {{command: …}}).", spot));
        return null;
    }

    private static string Near(string path, string root)
    {
        var folder = Path.GetDirectoryName(path)!;
        var names = Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Select(file => Path.GetRelativePath(root, file).Replace('\\', '/')) : [];
        return Suggestion.For(Path.GetRelativePath(root, path), names);
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,127}$")]
    private static partial Regex NameForm();

    [GeneratedRegex(@"^\s*(import|from)\s+tfx\b", RegexOptions.Multiline)]
    private static partial Regex ImportsTfx();

    [GeneratedRegex(@"^\s*(import|from)\s+kfp\b", RegexOptions.Multiline)]
    private static partial Regex ImportsKfp();

    // A key of the IR, and of a PipelineJob around it, at the top of the document, in block or flow style.
    [GeneratedRegex(@"^(\{\s*)?[""']?(pipelineInfo|pipelineSpec|deploymentSpec)[""']?\s*:", RegexOptions.Multiline)]
    private static partial Regex IrKey();
}

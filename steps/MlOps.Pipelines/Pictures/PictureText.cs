using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlOps.Core.Files;
using MlOps.Core.Images;
using MlOps.Pipelines.Ir;
using MlOps.Pipelines.Outlines;

namespace MlOps.Pipelines.Pictures;

/// <summary>What stands in the boxes of a picture.</summary>
internal sealed class PictureText(PipelineOutline outline)
{
    private const int LineLength = 56;
    private readonly SourceWords _words = new(outline, task => task.Name, isShort: true);

    /// <summary>The first line of a group's heading.</summary>
    public string Title(OutlineNode box) => Heading(box)[0];

    public ImmutableArray<string> Details(OutlineNode node) => node.IsBox ? [.. Heading(node).Skip(1), .. BoxDetails(node)] : [.. TaskDetails(node)];

    /// <summary>What the pipeline takes.</summary>
    public static ImmutableArray<string> Details(PipelineInput input, int takers, bool isNamedInTasks)
    {
        var value = input.Default is { } standing ? $"{input.Type} = {Short(standing.Readable(), 32)}" : input.IsOptional ? $"{input.Type}, optional" : input.Type.ToString();
        return isNamedInTasks ? [value, $"to {takers} tasks"] : takers == 0 ? [value, "not used"] : [value];
    }

    /// <summary>The inputs that a task takes without an arrow.</summary>
    public static IEnumerable<string> Named(IEnumerable<string> inputs) => Wrapped(string.Join(", ", inputs.Distinct(StringComparer.Ordinal)) is { Length: > 0 } list ? "takes " + list : "");

    public static ImmutableArray<string> TypeOf(OutlineNode task, string artifact) =>
        task.Component.Map("outputDefinitions").Map("artifacts").Map(artifact) is { } definition && IrType.Of(definition) is { } type ? [type.ToString()] : [];

    private string[] Heading(OutlineNode box)
    {
        var says = box.Kind switch
        {
            OutlineKind.Condition => Choice(box),
            OutlineKind.Branches => "one of",
            OutlineKind.Loop => $"for each item of {Short(_words.Items(box), 120)}",
            OutlineKind.ExitHandler => "before the exit task",
            _ => "",
        };
        return [.. Wrapped(box.Kind == OutlineKind.Nested ? box.Name : box.Name == box.Key ? says : $"{box.Name}: {says}")];
    }

    /// <summary>A branch after the first holds only if those before it do not, which its place says already.</summary>
    private string Choice(OutlineNode box)
    {
        var all = _words.Conjuncts(box);
        var own = box.Parent?.Kind == OutlineKind.Branches ? all.SkipWhile(part => part.StartsWith("!(", StringComparison.Ordinal)).ToArray() : all;
        return own.Length == all.Length ? $"if {_words.Condition(box)}" : own.Length == 0 ? "else" : $"else if {string.Join(" && ", own)}";
    }

    private IEnumerable<string> BoxDetails(OutlineNode box)
    {
        if (box.Kind == OutlineKind.Nested)
        {
            yield return "pipeline";
        }

        if (box.Kind is not OutlineKind.Condition && _words.Condition(box) is { } condition)
        {
            foreach (var line in Wrapped($"if {condition}"))
            {
                yield return line;
            }
        }

        if (box.Task.Map("iteratorPolicy")?["parallelismLimit"] is JsonValue limit && limit.ToString() != "0")
        {
            yield return $"{limit} at a time";
        }
    }

    private IEnumerable<string> TaskDetails(OutlineNode task)
    {
        if (task.Name != task.Key)
        {
            yield return task.Key;
        }

        if (_words.Condition(task) is { } condition)
        {
            foreach (var line in Wrapped($"if {condition}"))
            {
                yield return line;
            }
        }

        var what = task.Kind switch
        {
            OutlineKind.Container => Image(task.Executor.Map("container").Text("image")),
            OutlineKind.Importer => "importer",
            _ => null,
        };
        if (what is { Length: > 0 } && what != task.Name && what != task.Key)
        {
            yield return what;
        }

        if (string.Join(" · ", Settings(task)) is { Length: > 0 } settings)
        {
            yield return settings;
        }
    }

    private static string? Image(string? image) =>
        image is not null && ImageReference.TryParse(image, out var reference) ? Short(reference.ToString().Split('@')[0].Split('/')[^1], 40) : image;

    private static IEnumerable<string> Settings(OutlineNode task)
    {
        if (task.Task.Map("retryPolicy")?["maxRetryCount"] is JsonValue retries && retries.ToString() != "0")
        {
            yield return $"retries {retries}";
        }

        if (task.Task.Map("cachingOptions") is { } caching && !caching.Flag("enableCache"))
        {
            yield return "no cache";
        }

        foreach (var amount in Amounts(ContainerResources.Of(task.Executor.Map("container").Map("resources"))))
        {
            yield return amount;
        }

        if (task.RunsInAnyCase)
        {
            yield return "runs whatever happens";
        }
    }

    /// <summary>Those that are known before the pipeline runs.</summary>
    private static IEnumerable<string> Amounts(ContainerResources resources)
    {
        if (IsKnown(resources.Cpu))
        {
            yield return $"{resources.Cpu} CPU";
        }

        if (IsKnown(resources.Memory))
        {
            yield return resources.Memory!;
        }

        if (IsKnown(resources.AcceleratorType))
        {
            yield return $"{resources.AcceleratorCount} × {resources.AcceleratorType}";
        }
    }

    private static bool IsKnown(string? amount) => amount?.Contains("{{", StringComparison.Ordinal) is false;

    private static string Short(string text, int longest) => text.Length <= longest ? text : text[..(longest - 1)] + "…";

    /// <summary>Lines broken at spaces, after what joins conditions where there is any.</summary>
    private static IEnumerable<string> Wrapped(string text)
    {
        if (text.Length == 0)
        {
            yield break;
        }

        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > LineLength)
            {
                yield return line;
                line = "";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        yield return line;
    }
}

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlOps.Core.Files;
using MlOps.Pipelines.Ir;
using MlOps.Pipelines.Outlines;

namespace MlOps.Pipelines.Comparing;

/// <summary>
/// In what two compiled pipelines differ, as people speak of pipelines: names that only the compiler gave (components, executors,
/// numbers of groups) and the order of the file are no difference.
/// </summary>
public sealed class PipelineComparison
{
    private readonly PipelineOutline _before;
    private readonly PipelineOutline _after;
    private readonly TaskMatching _matching;
    private readonly SourceWords _beforeWords;
    private readonly SourceWords _afterWords;
    private readonly List<PipelineChange> _changes = [];

    private PipelineComparison(JsonObject before, JsonObject after)
    {
        (_before, _after) = (PipelineOutline.Of(before), PipelineOutline.Of(after));
        _matching = new TaskMatching(_before, _after);
        _afterWords = new SourceWords(_after, task => task.Path);
        // A loop over something else is told of the loop, not of everything that uses its items.
        _beforeWords = new SourceWords(_before, _matching.NameOf, itemsOf: loop => _matching.NewOf(loop) is { } now ? _afterWords.Items(now) : null);
    }

    /// <param name="before">A PipelineSpec, whoever compiled it.</param>
    /// <param name="after">The newer one.</param>
    /// <returns>By part; within a part what is gone, new and renamed first.</returns>
    public static ImmutableArray<PipelineChange> Of(JsonObject before, JsonObject after)
    {
        var comparison = new PipelineComparison(before, after);
        comparison.CompareHeaders();
        comparison.CompareImages();
        comparison.CompareInputs();
        comparison.CompareTasks();
        comparison.CompareOutputs();
        return [.. comparison._changes.OrderBy(change => change.Part)];
    }

    private void CompareHeaders()
    {
        foreach (var (field, read) in new (string, Func<JsonObject, string?>)[]
        {
            ("name", spec => spec.Map("pipelineInfo").Text("name")),
            ("displayName", spec => spec.Map("pipelineInfo").Text("displayName")),
            ("description", spec => spec.Map("pipelineInfo").Text("description")),
            ("pipelineRoot", spec => spec.Text("defaultPipelineRoot")),
            ("schemaVersion", spec => spec.Text("schemaVersion")),
        })
        {
            Compare(PipelinePart.Pipeline, _after.Name, field, read(_before.Spec), read(_after.Spec));
        }
    }

    private void Compare(PipelinePart part, string subject, string? field, string? before, string? after)
    {
        if (before != after)
        {
            _changes.Add(new PipelineChange(part, before is null && field is null ? ChangeKind.Added : after is null && field is null ? ChangeKind.Removed : ChangeKind.Changed, subject, field, before, after));
        }
    }

    /// <summary>An image that moved is told once, whatever the number of tasks that run it.</summary>
    private void CompareImages()
    {
        var moved = _matching.Kept
            .Select(pair => (Before: ImageOf(pair.Before), After: ImageOf(pair.After), Task: pair.After.Path))
            .Where(pair => pair.Before != pair.After)
            .GroupBy(pair => (pair.Before, pair.After), pair => pair.Task);
        foreach (var move in moved)
        {
            var (before, after) = move.Key;
            _changes.Add(new PipelineChange(PipelinePart.Images, ChangeKind.Changed, TaskMatching.Repository(after ?? before!), Field: null, before, after) { Tasks = [.. move] });
        }
    }

    private static string? ImageOf(OutlineNode task) => task.Executor.Map("container").Text("image");

    private void CompareInputs()
    {
        var before = PipelineInputs.Of(_before.Spec).ToDictionary(input => input.Name, StringComparer.Ordinal);
        var after = PipelineInputs.Of(_after.Spec).ToDictionary(input => input.Name, StringComparer.Ordinal);
        foreach (var (name, old) in before)
        {
            if (!after.TryGetValue(name, out var input))
            {
                Compare(PipelinePart.Inputs, name, null, Described(old), null);
                continue;
            }

            Compare(PipelinePart.Inputs, name, "type", old.Type.ToString(), input.Type.ToString());
            Compare(PipelinePart.Inputs, name, "default", Default(old), Default(input));
        }

        foreach (var (name, input) in after.Where(input => !before.ContainsKey(input.Key)))
        {
            Compare(PipelinePart.Inputs, name, null, null, Described(input));
        }
    }

    private static string Described(PipelineInput input) => $"{input.Type}, {(Default(input) is { } standing ? standing == "optional" ? standing : $"default {standing}" : "required")}";

    private static string? Default(PipelineInput input) => input.Default is { } value ? value.Readable() : input.IsOptional ? "optional" : null;

    private void CompareTasks()
    {
        foreach (var node in _matching.Removed)
        {
            AddWhole(node, ChangeKind.Removed, _beforeWords);
        }

        foreach (var node in _matching.Added)
        {
            AddWhole(node, ChangeKind.Added, _afterWords);
        }

        var (oldFacts, newFacts) = (new TaskFacts(_before, _beforeWords), new TaskFacts(_after, _afterWords));
        foreach (var (before, after) in _matching.Kept)
        {
            if (TaskMatching.HasName(before) && before.Path != after.Path)
            {
                _changes.Add(new PipelineChange(PipelinePart.Tasks, ChangeKind.Renamed, after.Path, Field: null, before.Path, after.Path));
            }

            var (part, subject) = TaskMatching.HasName(after) ? (PipelinePart.Tasks, after.Path) : (PipelinePart.Groups, _afterWords.Whole(after));
            Compare(part, subject, "in", Around(before, _beforeWords, box => _matching.NewOf(box) is { } now ? _afterWords.Whole(now) : null), Around(after, _afterWords, _ => null));
            var (old, now) = (oldFacts.Of(before), newFacts.Of(after));
            foreach (var field in old.Keys.Union(now.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                Compare(part, subject, field, old.GetValueOrDefault(field), now.GetValueOrDefault(field));
            }
        }
    }

    private void AddWhole(OutlineNode node, ChangeKind kind, SourceWords words)
    {
        var isNamed = TaskMatching.HasName(node);
        var what = isNamed ? ImageOf(node) ?? (node.IsBox ? "a pipeline" : node.Kind == OutlineKind.Importer ? "an importer" : "a task") : words.Whole(node);
        var change = new PipelineChange(isNamed ? PipelinePart.Tasks : PipelinePart.Groups, kind, isNamed ? node.Path : words.Whole(node), Field: null, kind == ChangeKind.Removed ? what : null, kind == ChangeKind.Added ? what : null)
        {
            Tasks = isNamed ? [] : [.. node.Children.Where(TaskMatching.HasName).Select(child => child.Path)],
        };
        _changes.Add(change);
    }

    /// <summary>The groups around a task, those that are in both pipelines as they are now, so that a changed condition is told of its group alone.</summary>
    private static string? Around(OutlineNode node, SourceWords words, Func<OutlineNode, string?> now)
    {
        var boxes = node.Boxes().TakeWhile(box => box.Kind != OutlineKind.Nested).Where(box => box.Kind is not OutlineKind.ExitHandler).Select(box => now(box) ?? words.Whole(box)).Reverse().ToArray();
        return boxes.Length == 0 ? null : string.Join(" > ", boxes);
    }

    private void CompareOutputs()
    {
        var (before, after) = (OutputsOf(_before, _beforeWords), OutputsOf(_after, _afterWords));
        foreach (var name in before.Keys.Union(after.Keys, StringComparer.Ordinal))
        {
            Compare(PipelinePart.Outputs, name, null, before.GetValueOrDefault(name), after.GetValueOrDefault(name));
        }
    }

    private static Dictionary<string, string> OutputsOf(PipelineOutline outline, SourceWords words)
    {
        var outputs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (kind, isArtifact) in new[] { ("parameters", false), ("artifacts", true) })
        {
            foreach (var (name, definition) in outline.Spec.Map("root").Map("outputDefinitions").Map(kind).Maps())
            {
                outputs[name] = $"{TaskFacts.TypeOf(definition)} from {words.Of(outline.Output(name, isArtifact))}";
            }
        }

        return outputs;
    }
}

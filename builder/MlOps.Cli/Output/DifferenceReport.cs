using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Pipelines.Comparing;

namespace MlOps.Cli.Output;

/// <param name="Before">The older file or address.</param>
/// <param name="After">The newer file.</param>
/// <param name="Name">The pipeline's.</param>
/// <param name="IsSame">The files hold the very same.</param>
internal sealed record ComparedPipelines(string Before, string After, string Name, bool IsSame);

/// <summary>In what two pipelines differ: by part, aligned, a line a field; texts of many lines as the lines that changed.</summary>
internal static class DifferenceReport
{
    private const int MostLines = 20;
    private const int WidestField = 28;

    public static void Write(Report report, ComparedPipelines compared, ImmutableArray<PipelineChange> changes)
    {
        report.Result(new JsonObject
        {
            ["pipeline"] = compared.Name,
            ["before"] = compared.Before,
            ["after"] = compared.After,
            ["changes"] = Json(changes),
        });
        WriteText(report, compared, changes);
    }

    public static JsonArray Json(ImmutableArray<PipelineChange> changes) => [.. changes.Select(JsonNode? (change) => Json(change))];

    public static void WriteText(Report report, ComparedPipelines compared, ImmutableArray<PipelineChange> changes)
    {
        var ink = Ink.Of(report);
        if (changes.IsEmpty)
        {
            report.Line(compared.IsSame ? "No difference." : "No difference in what the pipelines do; only names that compilers give, or the order of the file.");
            return;
        }

        report.Line($"{ink.Bold(compared.Name)}: {Quantity.Of(changes.Length, "change")} from {compared.Before} to {compared.After}");
        foreach (var part in changes.GroupBy(change => change.Part))
        {
            report.Line();
            report.Line(ink.Bold(part.Key.ToString()));
            WritePart(report, part.Key, [.. part], ink);
        }
    }

    private static void WritePart(Report report, PipelinePart part, ImmutableArray<PipelineChange> changes, Ink ink)
    {
        var width = changes.Where(change => change.Field is null || part is PipelinePart.Inputs).Select(change => Subject(change).Length).DefaultIfEmpty(0).Max();
        foreach (var subject in changes.GroupBy(change => (change.Subject, IsWhole: change.Field is null)))
        {
            if (subject.Key.IsWhole)
            {
                foreach (var change in subject)
                {
                    report.Line($"  {Mark(change.Kind, ink)} {Subject(change).PadRight(Math.Min(width, 40))}  {Whole(change, ink)}".TrimEnd());
                }

                continue;
            }

            if (part != PipelinePart.Pipeline)
            {
                report.Line($"  {Mark(ChangeKind.Changed, ink)} {subject.Key.Subject}");
            }

            var fields = Math.Min(WidestField, subject.Max(change => change.Field!.Length));
            foreach (var change in subject)
            {
                WriteField(report, change, fields, ink);
            }
        }
    }

    private static string Subject(PipelineChange change) => change.Part == PipelinePart.Images ? change.Subject[(change.Subject.LastIndexOf('/') + 1)..] : change.Subject;

    private static string Whole(PipelineChange change, Ink ink) => (change.Part, change.Kind) switch
    {
        (PipelinePart.Images, _) when Moved(change) is var (before, after) => $"{ink.Red(before)} -> {ink.Green(after)}{Of(change.Tasks, Subject(change))}",
        (_, ChangeKind.Renamed) => $"was {change.Before}",
        (PipelinePart.Groups, _) => change.Tasks.IsEmpty ? "" : $"with {string.Join(", ", change.Tasks)}",
        (_, ChangeKind.Added) => Image(change.After),
        (_, ChangeKind.Removed) => Image(change.Before),
        _ => $"{ink.Red(change.Before ?? "none")} -> {ink.Green(change.After ?? "none")}",
    };

    private static string Of(ImmutableArray<string> tasks, string image) => tasks is [var only] && only == image ? "" : $"   ({string.Join(", ", tasks)})";

    private static void WriteField(Report report, PipelineChange change, int width, Ink ink)
    {
        var field = change.Field!.PadRight(width);
        if ((change.Before ?? "").Contains('\n', StringComparison.Ordinal) || (change.After ?? "").Contains('\n', StringComparison.Ordinal))
        {
            report.Line($"      {field.TrimEnd()}");
            WriteLines(report, change, ink);
            return;
        }

        report.Line($"      {field}  {(change.Before, change.After) switch
        {
            (null, { } after) => $"{ink.Green(after)} is new",
            ({ } before, null) => $"{ink.Red(before)} is gone",
            var (before, after) => $"{ink.Red(before!)} -> {ink.Green(after!)}",
        }}");
    }

    private static void WriteLines(Report report, PipelineChange change, Ink ink)
    {
        var lines = LineDifference.Of(change.Before ?? "", change.After ?? "").Where(line => line.Line.Length > 0 || (change.Before is not null && change.After is not null)).ToArray();
        foreach (var (mark, line) in lines.Take(MostLines))
        {
            report.Line("        " + (mark == '+' ? ink.Green($"+ {line}") : ink.Red($"- {line}")));
        }

        if (lines.Length > MostLines)
        {
            report.Line(ink.Dim($"        … and {Quantity.Of(lines.Length - MostLines, "more line")}; --output json has all"));
        }
    }

    /// <summary>What is moved within one repository is told by tag and the first digits of the digest; else all of it is.</summary>
    private static (string Before, string After) Moved(PipelineChange change) =>
        ImageReference.TryParse(change.Before, out var before) && ImageReference.TryParse(change.After, out var after)
            ? before.Name == after.Name ? (Version(before), Version(after)) : (before.Name + Version(before), after.Name + Version(after))
            : (change.Before ?? "no image", change.After ?? "no image");

    private static string Version(ImageReference image) => image.Digest is { } digest ? $"@{digest.Hex[..12]}" : image.Tag is { } tag ? $":{tag}" : ":latest";

    /// <summary>The image that a task runs, without the path of its repository.</summary>
    private static string Image(string? text) => text is not null && text.IndexOfAny(['/', ':', '@']) >= 0 && ImageReference.TryParse(text, out var image)
        ? image.Name[(image.Name.LastIndexOf('/') + 1)..] + Version(image)
        : text ?? "";

    private static string Mark(ChangeKind kind, Ink ink) => kind switch
    {
        ChangeKind.Added => ink.Green("+"),
        ChangeKind.Removed => ink.Red("-"),
        ChangeKind.Renamed => ink.Yellow(">"),
        _ => ink.Yellow("~"),
    };

    private static JsonObject Json(PipelineChange change)
    {
        var json = new JsonObject { ["part"] = change.Part.ToString().ToLowerInvariant(), ["kind"] = change.Kind.ToString().ToLowerInvariant(), ["subject"] = change.Subject };
        foreach (var (key, value) in new[] { ("field", change.Field), ("before", change.Before), ("after", change.After) })
        {
            if (value is not null)
            {
                json[key] = value;
            }
        }

        if (!change.Tasks.IsEmpty)
        {
            json["tasks"] = new JsonArray([.. change.Tasks.Select(JsonNode? (task) => task)]);
        }

        return json;
    }
}

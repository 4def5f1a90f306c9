using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlOps.Core.Problems;
using MlOps.Pipelines.Compilation;
using MlOps.Pipelines.Definitions;

namespace MlOps.Pipelines.Authoring;

/// <summary>
/// What a pipeline in C# is handed over as: YAML documents, the pipeline first and then those that it nests, under <c>--- #NAME</c>.
/// Each line ends in the place in C# that it comes from, <c># FILE:LINE</c>; what was wrong in C# already stands in front, as
/// <c>#! JSON</c>.
/// </summary>
public static partial class AuthoredDefinition
{
    private const string ProblemMark = "#! ";

    /// <param name="text">What the C# program gave.</param>
    /// <param name="sourcePath">The C# source: paths in the definition are relative to its folder.</param>
    /// <param name="options">What else it depends on.</param>
    /// <param name="problems">Receives every problem, at its place in C#.</param>
    public static CompiledPipelineSpec? Compile(string text, string sourcePath, CompileOptions options, ICollection<Problem> problems)
    {
        var source = Path.GetFullPath(sourcePath);
        var told = text.Split('\n').TakeWhile(line => line.StartsWith(ProblemMark, StringComparison.Ordinal)).Select(Told).ToList();
        told.ForEach(problems.Add);
        var documents = Documents(text, source);
        var found = new List<Problem>();
        var compiled = new Compiler(options with { Definitions = documents }, found).Compile(source, default);
        foreach (var problem in found)
        {
            problems.Add(Placed(problem, documents));
        }

        return told.Count == 0 ? compiled : null;
    }

    /// <summary>The references in it, at their places in C#.</summary>
    /// <param name="text">What the C# program gave.</param>
    /// <param name="sourcePath">The C# source.</param>
    public static IReadOnlyList<ComponentReference> References(string text, string sourcePath)
    {
        var source = Path.GetFullPath(sourcePath);
        var documents = Documents(text, source);
        return [.. Definitions.References.In(source, new CompileOptions { Definitions = documents }).Select(reference => reference with { Spot = Placed(reference.Spot, documents) })];
    }

    internal static void Write(Problem problem, StringBuilder text) =>
        text.Append(ProblemMark).Append(new JsonObject { ["code"] = problem.Code, ["message"] = problem.Message, ["file"] = problem.File, ["line"] = problem.Line }.ToJsonString()).Append('\n');

    private static Problem Told(string line)
    {
        var told = JsonNode.Parse(line[ProblemMark.Length..])!;
        return Problem.Error(told["code"]!.GetValue<string>(), told["message"]!.GetValue<string>(), new SourceSpot(told["file"]?.GetValue<string>(), told["line"]!.GetValue<int>()));
    }

    private static ImmutableDictionary<string, string> Documents(string text, string source)
    {
        var documents = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var path = source;
        var at = 0;
        foreach (Match separator in Separator().Matches(text))
        {
            documents[path] = text[at..separator.Index];
            path = Path.Combine(Path.GetDirectoryName(source)!, separator.Groups["name"].Value);
            at = separator.Index + separator.Length;
        }

        documents[path] = text[at..];
        return documents.ToImmutable();
    }

    private static Problem Placed(Problem problem, ImmutableDictionary<string, string> documents)
    {
        if (problem.File is null || problem.Line == 0 || !documents.TryGetValue(Path.GetFullPath(problem.File), out var document))
        {
            return problem;
        }

        var lines = document.Split('\n');
        return Place(lines, problem.Line) is { } place
            ? problem with { File = place.File, Line = place.Line, Column = 0, Message = PlaceInText().Replace(problem.Message, match => Other(lines, match)) }
            : problem;
    }

    private static SourceSpot Placed(SourceSpot spot, ImmutableDictionary<string, string> documents) =>
        spot.File is not null && documents.TryGetValue(Path.GetFullPath(spot.File), out var document) ? Place(document.Split('\n'), spot.Line) ?? spot : spot;

    // Another place in the same definition, such as where an id was first used.
    private static string Other(string[] lines, Match match) =>
        Place(lines, int.Parse(match.Groups["line"].Value, CultureInfo.InvariantCulture)) is { } place ? string.Create(CultureInfo.InvariantCulture, $" at line {place.Line}") : match.Value;

    private static SourceSpot? Place(string[] lines, int line) =>
        line <= lines.Length && PlaceMark().Match(lines[line - 1]) is { Success: true } mark
            ? new SourceSpot(mark.Groups["file"].Value, int.Parse(mark.Groups["line"].Value, CultureInfo.InvariantCulture))
            : null;

    [GeneratedRegex("^--- (?<name>#.*)\n", RegexOptions.Multiline)]
    private static partial Regex Separator();

    [GeneratedRegex("  # (?<file>[^#]*):(?<line>[0-9]+)$", RegexOptions.RightToLeft)]
    private static partial Regex PlaceMark();

    [GeneratedRegex(" at (?<line>[0-9]+):[0-9]+")]
    private static partial Regex PlaceInText();
}

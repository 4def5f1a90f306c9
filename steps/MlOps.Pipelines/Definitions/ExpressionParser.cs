using System.Collections.Immutable;
using MlOps.Core.Problems;
using MlOps.Pipelines.Components;

namespace MlOps.Pipelines.Definitions;

/// <summary>Parses the inside of one <c>${{ … }}</c>.</summary>
internal sealed class ExpressionParser(string text, SourceSpot spot, ICollection<Problem> problems)
{
    private static readonly Dictionary<string, string> Run = new(StringComparer.Ordinal)
    {
        ["name"] = "{{$.pipeline_job_name}}",
        ["id"] = "{{$.pipeline_job_uuid}}",
        ["resourceName"] = "{{$.pipeline_job_resource_name}}",
        ["taskName"] = "{{$.pipeline_task_name}}",
        ["taskId"] = "{{$.pipeline_task_uuid}}",
        ["root"] = "{{$.pipeline_root}}",
    };

    private static readonly Dictionary<string, DataType> Conversions = new(StringComparer.Ordinal)
    {
        ["int"] = DataType.Integer,
        ["float"] = DataType.Double,
        ["bool"] = DataType.Boolean,
    };

    private static readonly string[] Functions = ["collected", "oneOf", .. Conversions.Keys];

    private const string Forms = "inputs.NAME, tasks.ID.outputs.NAME, a loop's item or item.FIELD, run.NAME, collected(tasks.ID.outputs.NAME), oneOf(tasks.A.outputs.X, tasks.B.outputs.Y)";
    private int _at;

    /// <summary>Names that mean something in expressions, so that no loop's item can have them.</summary>
    public static bool IsReserved(string name) => name is "inputs" or "tasks" or "run" or "collected" or "oneOf";

    /// <returns>The expression; null, with a problem, where it is none.</returns>
    public Expression? Parse()
    {
        var parsed = Any();
        if (parsed is null)
        {
            return null;
        }

        SkipBlank();
        return _at == text.Length ? parsed : Syntax($"nothing may follow after {text[.._at].Trim()}");
    }

    private Expression? Any()
    {
        SkipBlank();
        var name = Name(withDash: true);
        SkipBlank();
        if (Peek() == '(')
        {
            return Call(name);
        }

        return name switch
        {
            "" => Syntax("a name is missing"),
            "inputs" => Member(withDash: false) is { } input ? new InputReference(input, spot) : null,
            "tasks" => Output(),
            "run" => RunValue(),
            _ when Peek() == '.' => Member(withDash: true) is { } field ? new ItemReference(name, field, spot) : null,
            _ => new ItemReference(name, Field: null, spot),
        };
    }

    private OutputReference? Output()
    {
        if (Member(withDash: true) is not { } task)
        {
            return null;
        }

        if (Member(withDash: false) is not "outputs")
        {
            Syntax("after the task's id comes .outputs.NAME");
            return null;
        }

        return Member(withDash: false) is { } output ? new OutputReference(task, output, spot) : null;
    }

    private RunReference? RunValue()
    {
        if (Member(withDash: false) is not { } name)
        {
            return null;
        }

        if (Run.TryGetValue(name, out var placeholder))
        {
            return new RunReference(name, placeholder, spot);
        }

        problems.Add(Problem.Error("unknown-reference", $"A run has no value '{name}'.{Suggestion.For(name, Run.Keys)}", spot));
        return null;
    }

    private Expression? Call(string function)
    {
        if (Conversions.TryGetValue(function, out var type))
        {
            return Converted(type);
        }

        if (function is not ("collected" or "oneOf"))
        {
            return Syntax($"there is no function '{function}', only collected and oneOf, and in conditions int, float and bool{Suggestion.For(function, Functions)}");
        }

        var outputs = ImmutableArray.CreateBuilder<OutputReference>();
        do
        {
            _at++;
            SkipBlank();
            if (Name(withDash: false) != "tasks")
            {
                return Syntax($"{function}(…) takes tasks.ID.outputs.NAME");
            }

            if (Output() is not { } output)
            {
                return null;
            }

            outputs.Add(output);
            SkipBlank();
        }
        while (Peek() == ',');

        if (Peek() != ')')
        {
            return Syntax("a closing ) is missing");
        }

        _at++;
        return function == "oneOf" ? new OneOfReference(outputs.ToImmutable(), spot)
            : outputs.Count == 1 ? new CollectedReference(outputs[0], spot)
            : Syntax("collected(…) takes one output");
    }

    private ConvertedReference? Converted(DataType type)
    {
        _at++;
        if (Any() is not { } of)
        {
            return null;
        }

        SkipBlank();
        if (Peek() != ')')
        {
            Syntax("a closing ) is missing");
            return null;
        }

        _at++;
        return new ConvertedReference(of, type, spot);
    }

    // A dot and a name.
    private string? Member(bool withDash)
    {
        SkipBlank();
        if (Peek() != '.')
        {
            Syntax($"a .NAME is missing after {text[.._at].Trim()}");
            return null;
        }

        _at++;
        SkipBlank();
        var name = Name(withDash);
        if (name.Length == 0)
        {
            Syntax("a name is missing after the dot");
            return null;
        }

        return name;
    }

    private string Name(bool withDash)
    {
        var start = _at;
        while (_at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] == '_' || (withDash && text[_at] == '-')))
        {
            _at++;
        }

        return text[start.._at];
    }

    private char Peek() => _at < text.Length ? text[_at] : '\0';

    private void SkipBlank()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }
    }

    private Expression? Syntax(string what)
    {
        problems.Add(Problem.Error("bad-expression", $"'${{{{{text}}}}}' is no expression: {what}. Forms: {Forms}.", spot));
        return null;
    }
}

using System.Runtime.CompilerServices;
using MlOps.Pipelines.Definitions;

namespace MlOps.Pipelines.Authoring;

/// <summary>A value that the pipeline has when it runs: an input, a task's output, a loop's item, or one of the run's own.</summary>
public sealed class Reference
{
    private readonly string _expression;

    internal Reference(string expression) => _expression = expression;

    /// <summary>As text of a definition has it.</summary>
    internal string Written => $"${{{{ {_expression} }}}}";

    /// <summary>A field of a loop's item.</summary>
    public Reference this[string field] => new($"{_expression}.{field}");

    /// <summary>In a condition: compared as an integer, such as an item of a list whose items have no type.</summary>
    public Reference AsInt() => new($"int({_expression})");

    /// <summary>In a condition: compared as a number.</summary>
    public Reference AsFloat() => new($"float({_expression})");

    /// <summary>In a condition: compared as a boolean.</summary>
    public Reference AsBool() => new($"bool({_expression})");

    /// <summary>From outside of a loop: the list of what a task in it gave, item by item.</summary>
    public Reference Collected() => new($"collected({_expression})");

    /// <summary>From outside of branches: the output of the one that ran. Takes one output of each branch.</summary>
    public static Reference OneOf(params IEnumerable<Reference> outputs) => new($"oneOf({string.Join(", ", outputs.Select(output => output._expression))})");

    public static Comparison operator ==(Reference left, Value right) => new(left, "==", right);

    public static Comparison operator !=(Reference left, Value right) => new(left, "!=", right);

    public static Comparison operator <(Reference left, Value right) => new(left, "<", right);

    public static Comparison operator >(Reference left, Value right) => new(left, ">", right);

    public static Comparison operator <=(Reference left, Value right) => new(left, "<=", right);

    public static Comparison operator >=(Reference left, Value right) => new(left, ">=", right);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    public override string ToString() => Written;
}

/// <summary>What <see cref="Pipeline.If"/> asks: a reference against a reference or a literal.</summary>
public sealed class Comparison
{
    internal Comparison(Reference left, string comparison, Value right) => Written = $"{left.Written} {comparison} {Side(right)}";

    internal string Written { get; }

    // In a condition text stands in quotes, a reference by itself.
    private static string Side(Value value) => value.Type == InputType.String ? ConditionText.Write(value.Raw) : value.Raw;
}

/// <summary>Values of the run itself, as text.</summary>
public static class Run
{
    public static Reference Name { get; } = new("run.name");

    public static Reference Id { get; } = new("run.id");

    public static Reference ResourceName { get; } = new("run.resourceName");

    public static Reference TaskName { get; } = new("run.taskName");

    public static Reference TaskId { get; } = new("run.taskId");

    /// <summary>The <c>gs://</c> folder of the run's artifacts.</summary>
    public static Reference Root { get; } = new("run.root");
}

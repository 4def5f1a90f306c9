using System.Collections.Immutable;
using MlOps.Core.Problems;
using MlOps.Pipelines.Components;

namespace MlOps.Pipelines.Definitions;

/// <summary>What stands between <c>${{</c> and <c>}}</c>.</summary>
public abstract record Expression(SourceSpot Spot);

/// <summary><c>inputs.NAME</c></summary>
public sealed record InputReference(string Name, SourceSpot Spot) : Expression(Spot);

/// <summary><c>tasks.ID.outputs.NAME</c></summary>
public sealed record OutputReference(string Task, string Output, SourceSpot Spot) : Expression(Spot);

/// <summary>The item of a loop, or one field of it: <c>item</c>, <c>item.field</c></summary>
public sealed record ItemReference(string Item, string? Field, SourceSpot Spot) : Expression(Spot);

/// <summary><c>collected(tasks.ID.outputs.NAME)</c>: the list of all items' values.</summary>
public sealed record CollectedReference(OutputReference Output, SourceSpot Spot) : Expression(Spot);

/// <summary><c>oneOf(tasks.A.outputs.X, tasks.B.outputs.Y)</c>: the one of the branch that ran.</summary>
public sealed record OneOfReference(ImmutableArray<OutputReference> Outputs, SourceSpot Spot) : Expression(Spot);

/// <summary><c>int(REFERENCE)</c>, <c>float(REFERENCE)</c>, <c>bool(REFERENCE)</c>: a value compared as another type; in conditions only.</summary>
public sealed record ConvertedReference(Expression Of, DataType Type, SourceSpot Spot) : Expression(Spot);

/// <summary><c>run.NAME</c>: a value of the run itself, a string.</summary>
/// <param name="Placeholder">As the IR writes it, such as <c>{{$.pipeline_job_name}}</c>.</param>
public sealed record RunReference(string Name, string Placeholder, SourceSpot Spot) : Expression(Spot);

/// <summary>Stands for an expression that could not be read, which was said; nothing more is said about it.</summary>
internal sealed record UnreadableExpression(SourceSpot Spot) : Expression(Spot);

/// <summary>One argument of a task.</summary>
/// <param name="Name">The input's name in the IR.</param>
public sealed record Argument(string Name, ArgumentValue Value, SourceSpot Spot);

/// <summary>A value given to an input.</summary>
public abstract record ArgumentValue(SourceSpot Spot);

/// <summary>A reference alone, which passes its typed value.</summary>
public sealed record ReferenceValue(Expression Expression, SourceSpot Spot) : ArgumentValue(Spot);

/// <param name="Value">null, bool, long, double or string.</param>
public sealed record ScalarValue(object? Value, SourceSpot Spot) : ArgumentValue(Spot);

/// <summary>Text with references in it.</summary>
public sealed record TextValue(ImmutableArray<TextPart> Parts, SourceSpot Spot) : ArgumentValue(Spot);

public sealed record ListValue(ImmutableArray<ArgumentValue> Items, SourceSpot Spot) : ArgumentValue(Spot);

public sealed record MapValue(ImmutableArray<KeyValuePair<string, ArgumentValue>> Entries, SourceSpot Spot) : ArgumentValue(Spot);

/// <summary>A piece of text, or a reference that is put in at run time.</summary>
public sealed record TextPart(string Text, Expression? Expression);

/// <summary>One comparison: a reference on the left, a reference or a literal on the right.</summary>
/// <param name="Operator"><c>== != &gt; &gt;= &lt; &lt;=</c></param>
public sealed record Condition(Expression Left, string Operator, Operand Right, SourceSpot Spot);

/// <summary>The right side of a comparison: exactly one of the two.</summary>
/// <param name="Literal">string, long, double or bool.</param>
public sealed record Operand(Expression? Expression, object? Literal);

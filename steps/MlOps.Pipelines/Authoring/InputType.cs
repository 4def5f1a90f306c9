namespace MlOps.Pipelines.Authoring;

/// <summary>The type of a pipeline's input, or of what an importer brings in, as definitions write it.</summary>
public sealed record InputType
{
    private InputType(string name) => Name = name;

    internal string Name { get; }

    public static InputType String { get; } = new("string");

    public static InputType Int { get; } = new("int");

    public static InputType Float { get; } = new("float");

    public static InputType Bool { get; } = new("bool");

    public static InputType List { get; } = new("list");

    public static InputType Dict { get; } = new("dict");

    /// <summary>A list whose items have this type.</summary>
    public static InputType ListOf(InputType items) => new($"list[{items.Name}]");

    /// <summary>A map whose values have this type.</summary>
    public static InputType DictOf(InputType values) => new($"dict[{values.Name}]");

    public static InputType Dataset { get; } = new("Dataset");

    public static InputType Model { get; } = new("Model");

    public static InputType Metrics { get; } = new("Metrics");

    public static InputType ClassificationMetrics { get; } = new("ClassificationMetrics");

    public static InputType Html { get; } = new("HTML");

    public static InputType Markdown { get; } = new("Markdown");

    /// <summary>An artifact of any type.</summary>
    public static InputType Any { get; } = new("Artifact");

    /// <param name="name">Such as <c>google.VertexModel</c>.</param>
    public static InputType Artifact(string name) => new(name);

    public override string ToString() => Name;
}

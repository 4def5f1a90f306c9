using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using MlOps.Core.Problems;

namespace MlOps.Pipelines.Authoring;

/// <summary>
/// A pipeline written in C#. It makes the definition that would be written in YAML (docs/pipelines.md), which is read, checked and
/// compiled like any other; problems name the line of C# that they come from.
/// </summary>
public sealed class Pipeline
{
    private readonly Section _head = new();
    private readonly Section _inputs = new();
    private readonly Section _tasks = new();
    private readonly Section _outputs = new();
    private readonly Section _exit = new();
    private readonly SourceSpot _spot;
    private readonly Stack<Scope> _open = new();
    private readonly List<Pipeline> _nested = [];
    private readonly List<Problem> _problems = [];
    private readonly HashSet<string> _groups = new(StringComparer.Ordinal);

    /// <param name="name"><c>a-z</c>, <c>0-9</c> and <c>-</c>.</param>
    /// <param name="root">A <c>gs://</c> folder; null: what the run says.</param>
    public Pipeline(string name, string? displayName = null, string? description = null, string? root = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        Name = name;
        _spot = new SourceSpot(file, line);
        _open.Push(new Scope(this, _tasks, _spot));
        _head.Add("name", YamlWords.Quoted(name), _spot);
        foreach (var (key, text) in new[] { ("displayName", displayName), ("description", description), ("pipelineRoot", root) })
        {
            if (text is not null)
            {
                _head.Add(key, YamlWords.Quoted(text), _spot);
            }
        }
    }

    public string Name { get; }

    /// <summary>An input of the pipeline.</summary>
    /// <param name="default">Null: a run must give it. <see cref="Value.Null"/>: it need not be given, and has no value then.</param>
    public Reference Input(string name, InputType type, Value? @default = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Input(name, type, @default, new SourceSpot(file, line));

    /// <summary>An input with a default, and of its type.</summary>
    public Reference Input(string name, Value @default, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var spot = new SourceSpot(file, line);
        if (@default.Type is null)
        {
            _problems.Add(Problem.Error("missing-key", $"Input '{name}' needs a type: its default has none of its own.", spot));
        }

        return Input(name, @default.Type ?? InputType.String, @default, spot);
    }

    /// <summary>Runs a component.</summary>
    /// <param name="id">Unique over the whole pipeline; the task's name in the run.</param>
    /// <param name="component">A folder under <c>components/</c>, or the path of a component's file relative to the pipeline's source; null: as the id.</param>
    public PipelineTask Task(string id, string? component = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var spot = new SourceSpot(file, line);
        var section = Node(id, spot);
        section.Add("component", YamlWords.Quoted(component ?? id), spot);
        return new PipelineTask(id, section);
    }

    /// <summary>Runs another pipeline as one task.</summary>
    /// <param name="definition">The path of a definition, relative to this pipeline's source.</param>
    public PipelineTask SubPipeline(string id, string definition, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var spot = new SourceSpot(file, line);
        var section = Node(id, spot);
        section.Add("pipeline", YamlWords.Quoted(definition), spot);
        return new PipelineTask(id, section);
    }

    /// <summary>Runs another pipeline as one task.</summary>
    public PipelineTask SubPipeline(string id, Pipeline pipeline, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        if (!_nested.Contains(pipeline))
        {
            _nested.Add(pipeline);
        }

        return SubPipeline(id, "#" + pipeline.Name, file, line);
    }

    /// <summary>Brings in an artifact that exists already, as the output <c>artifact</c>.</summary>
    /// <param name="uri">A constant or one reference.</param>
    /// <param name="metadata">A map, in which text may have references.</param>
    public PipelineTask Importer(string id, Value uri, InputType type, Value? metadata = null, bool reimport = false, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var spot = new SourceSpot(file, line);
        var section = Node(id, spot);
        var importer = section.Add("importer", spot);
        importer.Add("uri", uri.Written, spot);
        importer.Add("type", YamlWords.Quoted(type.Name), spot);
        if (metadata is not null)
        {
            importer.Add("metadata", metadata.Written, spot);
        }

        if (reimport)
        {
            importer.Add("reimport", "true", spot);
        }

        return new PipelineTask(id, section);
    }

    /// <summary>Tasks that run only if a comparison holds: <c>using (pipeline.If(auc &gt;= 0.8)) { … }</c>.</summary>
    public Scope If(Comparison condition, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var spot = new SourceSpot(file, line);
        var choice = new Choice();
        Node(Group("if", line), spot).Add("branches", choice.Branches, spot);
        return Branch(choice, "if", YamlWords.Quoted(condition.Written), spot);
    }

    /// <summary>Tasks that run if no branch before it did and a comparison holds.</summary>
    public Scope ElseIf(Comparison condition, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var spot = new SourceSpot(file, line);
        return Branch(Going("ElseIf", spot), "if", YamlWords.Quoted(condition.Written), spot);
    }

    /// <summary>Tasks that run if no branch before it did.</summary>
    public Scope Else([CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var spot = new SourceSpot(file, line);
        var choice = Going("Else", spot);
        choice.HasElse = true;
        return Branch(choice, "else", "true", spot);
    }

    /// <summary>Tasks that run once for each item of a list that is known when the pipeline runs.</summary>
    /// <param name="parallelism">How many run at once; 0 is no limit.</param>
    public Loop ForEach(Reference list, int parallelism = 0, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        ForEach(YamlWords.Quoted(list.Written), parallelism, new SourceSpot(file, line));

    /// <summary>Tasks that run once for each of the items.</summary>
    /// <param name="items">Literals of one type.</param>
    /// <param name="parallelism">How many run at once; 0 is no limit.</param>
    public Loop ForEach(IEnumerable<Value> items, int parallelism = 0, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        ForEach(Value.List(items).Written, parallelism, new SourceSpot(file, line));

    /// <summary>The task that runs last, whatever happened. A pipeline with it has no outputs.</summary>
    /// <param name="component">As for <see cref="Task"/>.</param>
    public PipelineTask OnExit(string id, string? component = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var spot = new SourceSpot(file, line);
        if (_exit.Has("id"))
        {
            _problems.Add(Problem.Error("duplicate-id", "A pipeline has one task that runs at the end; OnExit is called twice.", spot));
        }

        _exit.Set("id", YamlWords.Quoted(id), spot);
        _exit.Set("component", YamlWords.Quoted(component ?? id), spot);
        return new PipelineTask(id, _exit);
    }

    /// <summary>An output of the pipeline: a task's, <see cref="Reference.Collected"/> or <see cref="Reference.OneOf"/>.</summary>
    public void Output(string name, Reference value, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        _outputs.Add(name, YamlWords.Quoted(value.Written), new SourceSpot(file, line));

    /// <summary>Hands the pipeline to <c>mlops</c>, which checks and compiles it; run by hand, writes its definition to the console.</summary>
    /// <returns>The exit code of the program: <c>return pipeline.Print();</c></returns>
    public int Print()
    {
        if (Environment.GetEnvironmentVariable("MLOPS_OUTPUT") is { Length: > 0 } file)
        {
            File.WriteAllText(file, Text());
            return ExitCode.Done;
        }

        var all = All();
        var problems = ProblemsOf(all);
        problems.ForEach(Console.Error.WriteLine);
        Console.Out.Write(Definitions(all));
        return problems.Count == 0 ? ExitCode.Done : ExitCode.InvalidInput;
    }

    /// <summary>Compiles it here, for a test of it.</summary>
    /// <param name="options">What else it depends on.</param>
    /// <param name="problems">Receives every problem; their file and line are those of the C# source.</param>
    public CompiledPipelineSpec? Compile(CompileOptions options, ICollection<Problem> problems) => AuthoredDefinition.Compile(Text(), _spot.File!, options, problems);

    /// <summary>The definitions: this one, then those that it nests. Each line has its place in C# behind it (<see cref="AuthoredDefinition"/>).</summary>
    public string Text()
    {
        var all = All();
        var text = new StringBuilder();
        ProblemsOf(all).ForEach(problem => AuthoredDefinition.Write(problem, text));
        return text.Append(Definitions(all)).ToString();
    }

    private List<Pipeline> All()
    {
        var all = new List<Pipeline>();
        Gather(all);
        return all;
    }

    private static List<Problem> ProblemsOf(List<Pipeline> all) => [.. all.SelectMany(pipeline => pipeline._problems.Concat(pipeline.Unclosed())).Concat(Namesakes(all))];

    private static StringBuilder Definitions(List<Pipeline> all)
    {
        var text = new StringBuilder();
        foreach (var pipeline in all)
        {
            if (pipeline != all[0])
            {
                text.Append(CultureInfo.InvariantCulture, $"--- #{pipeline.Name}\n");
            }

            pipeline.Write(text);
        }

        return text;
    }

    private static IEnumerable<Problem> Namesakes(List<Pipeline> all) =>
        all.GroupBy(pipeline => pipeline.Name).Where(group => group.Count() > 1)
            .Select(group => Problem.Error("duplicate-id", $"Two pipelines are named '{group.Key}', here and at line {group.First()._spot.Line}; rename one.", group.Last()._spot));

    internal void Close(Scope scope)
    {
        if (_open.Peek() == scope)
        {
            _open.Pop();
        }
        else if (_open.Contains(scope))
        {
            _problems.Add(Problem.Error("open-block", $"This block is closed before one inside it, at line {_open.Peek().Spot.Line}: write 'using' with braces for both.", scope.Spot));
        }
    }

    private void Gather(List<Pipeline> all)
    {
        if (all.Contains(this))
        {
            return;
        }

        all.Add(this);
        _nested.ForEach(nested => nested.Gather(all));
    }

    private IEnumerable<Problem> Unclosed() =>
        _open.SkipLast(1).Select(scope => Problem.Error("open-block", "This block is never closed, so that everything after it is in it. Write 'using (pipeline.If(…)) { … }', with braces.", scope.Spot));

    private void Write(StringBuilder text)
    {
        _head.Write(text);
        foreach (var (key, section) in new[] { ("inputs", _inputs), ("tasks", _tasks), ("onExit", _exit), ("outputs", _outputs) })
        {
            if (key == "tasks" || !section.IsEmpty)
            {
                var whole = new Section();
                whole.Add(key, section, _spot);
                whole.Write(text);
            }
        }
    }

    private Reference Input(string name, InputType type, Value? @default, SourceSpot spot)
    {
        _inputs.Add(name, $"{{type: {YamlWords.Quoted(type.Name)}{(@default is null ? "" : $", default: {@default.Written}")}}}", spot);
        return new Reference("inputs." + name);
    }

    private Section Node(string id, SourceSpot spot)
    {
        _open.Peek().Last = null;
        return _open.Peek().Tasks.Add(id, spot);
    }

    // Groups have no names in C#: they are called by their line in what is said of them.
    private string Group(string kind, int line)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{kind}-line-{line}");
        for (var count = 2; !_groups.Add(id); count++)
        {
            id = string.Create(CultureInfo.InvariantCulture, $"{kind}-line-{line}-{count}");
        }

        return id;
    }

    private Choice Going(string what, SourceSpot spot)
    {
        if (_open.Peek().Last is { HasElse: false } choice)
        {
            return choice;
        }

        _problems.Add(Problem.Error("bad-branch", $"'{what}' follows the block of an If or ElseIf, with nothing between.", spot));
        return new Choice();
    }

    private Scope Branch(Choice choice, string key, string written, SourceSpot spot)
    {
        var map = new Section();
        map.Add(key, written, spot);
        choice.Branches.Add((spot, map));
        _open.Peek().Last = choice;
        var scope = new Scope(this, map.Add("tasks", spot), spot);
        _open.Push(scope);
        return scope;
    }

    private Loop ForEach(string items, int parallelism, SourceSpot spot)
    {
        var group = Node(Group("loop", spot.Line), spot);
        var depth = _open.Count(scope => scope is Loop) + 1;
        var item = depth == 1 ? "item" : string.Create(CultureInfo.InvariantCulture, $"item{depth}");
        group.Add("forEach", items, spot);
        group.Add("as", item, spot);
        group.Add("parallelism", parallelism.ToString(CultureInfo.InvariantCulture), spot);
        var loop = new Loop(this, group.Add("tasks", spot), spot, new Reference(item));
        _open.Push(loop);
        return loop;
    }
}

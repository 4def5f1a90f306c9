using MlOps.Core.Files;
using MlOps.Core.Problems;
using MlOps.Pipelines.Definitions;

namespace MlOps.Pipelines.Compilation;

/// <summary>The compiler's phases, for a definition and those that it nests.</summary>
internal sealed class Compiler(CompileOptions options, ICollection<Problem> problems)
{
    private readonly List<string> _compiling = [];

    /// <param name="path">The definition's file.</param>
    /// <param name="user">Where it is nested; empty for the outermost.</param>
    public CompiledPipelineSpec? Compile(string path, SourceSpot user)
    {
        var full = Path.GetFullPath(path);
        if (_compiling.IndexOf(full) is var at and >= 0)
        {
            var names = _compiling[at..].Append(full).Select(one => Path.GetFileName(one)!);
            problems.Add(Problem.Error("cycle", $"The pipelines nest each other without end: {string.Join(" -> ", names)}.", user));
            return null;
        }

        if (Text(path, user) is not { } text)
        {
            return null;
        }

        var found = new List<Problem>();
        var definition = PipelineDefinition.Parse(path, text, found);
        _compiling.Add(full);
        var compiled = definition is null ? null : Phases(definition, path, found);
        _compiling.RemoveAt(_compiling.Count - 1);
        return Told(found, compiled);
    }

    public CompiledPipelineSpec? Compile(PipelineDefinition definition, string path)
    {
        var found = new List<Problem>();
        return Told(found, Phases(definition, path, found));
    }

    // What the nested ones have to say is told by themselves, once.
    private CompiledPipelineSpec? Told(List<Problem> found, CompiledPipelineSpec? compiled)
    {
        foreach (var problem in found.Where(problem => !problems.Contains(problem)))
        {
            problems.Add(problem);
        }

        return found.Exists(problem => problem.Severity == Severity.Error) ? null : compiled;
    }

    private CompiledPipelineSpec? Phases(PipelineDefinition definition, string path, List<Problem> found)
    {
        var plan = Plan.Of(definition);
        var library = new ComponentLibrary(path, options, (file, spot) => Compile(FileNames.Like(path, file), spot), found);
        var tasks = plan.AllGroups().SelectMany(group => group.Children.OfType<PlanTask>()).Concat(plan.ExitTask is { } exit ? [exit] : []).ToList();
        tasks.ForEach(library.Find);

        var resolver = new Resolver(plan, found);
        new Linker(plan, resolver, found).Link();
        new Sequencer(plan, found).Order();
        if (found.Exists(problem => problem.Severity == Severity.Error) || tasks.Exists(task => task.Component is null))
        {
            return null;
        }

        new Namer(plan).Name();
        new Flow(plan).Run();
        FinalStatusCheck.Run(plan, found);
        return found.Exists(problem => problem.Severity == Severity.Error) ? null : new CompiledPipelineSpec(definition.Name, new SpecBuilder(plan, resolver, options, found).Build());
    }

    private string? Text(string path, SourceSpot user)
    {
        if (options.Definitions.TryGetValue(Path.GetFullPath(path), out var text))
        {
            return text;
        }

        try
        {
            return TextFile.Read(path, path, problems);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            var spot = user.File is null ? new SourceSpot(path) : user;
            problems.Add(Problem.Error("unreadable-file", error is FileNotFoundException or DirectoryNotFoundException ? $"There is no file {path}." : $"{path} cannot be read: {error.Message}", spot));
            return null;
        }
    }
}

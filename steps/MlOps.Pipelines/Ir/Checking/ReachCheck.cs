namespace MlOps.Pipelines.Ir.Checking;

/// <summary>What nothing leads to: components and executors that no task runs, parameters of the pipeline that nothing uses; and components that contain themselves.</summary>
internal sealed class ReachCheck(CheckedSpec pipeline, Report report)
{
    public void Run()
    {
        var contains = pipeline.Components.ToDictionary(component => component.Name, Used, StringComparer.Ordinal);
        if (Cycle.Of(contains) is { } cycle)
        {
            report.Error("cycle", $"Components contain each other without end: {string.Join(" -> ", cycle)}.", JsonPath.Top["components"][cycle[0]]);
            return;
        }

        var reached = Reached(contains);
        foreach (var component in pipeline.Components.Where(component => !reached.Contains(component.Name)))
        {
            report.Warning("unused-component", $"No task runs {component.Name}.", component.Path);
        }

        var labels = pipeline.Components.Select(component => component.ExecutorLabel).ToHashSet();
        foreach (var (label, _) in pipeline.Executors.Where(executor => !labels.Contains(executor.Key)))
        {
            report.Warning("unused-executor", $"No component runs the executor '{label}'.", JsonPath.Top["deploymentSpec"]["executors"][label]);
        }

        foreach (var component in pipeline.Components.Where(component => reached.Contains(component.Name)))
        {
            CheckInputs(component);
        }
    }

    private List<string> Used(CheckedComponent component) =>
        [.. component.Tasks.Maps().Select(task => task.Value.Map("componentRef").Text("name")).OfType<string>().Where(name => pipeline.Component(name) is not null)];

    private HashSet<string> Reached(Dictionary<string, List<string>> contains)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal) { pipeline.Root.Name };
        var next = new Queue<string>(reached);
        while (next.TryDequeue(out var name))
        {
            foreach (var inner in contains[name].Where(reached.Add))
            {
                next.Enqueue(inner);
            }
        }

        return reached;
    }

    /// <summary>Of DAGs: what a container does with an input cannot always be seen.</summary>
    private void CheckInputs(CheckedComponent component)
    {
        if (component.Dag is null)
        {
            return;
        }

        var used = component.Tasks.Maps()
            .SelectMany(task => task.Value.Map("inputs").Map("parameters").Maps().Concat(task.Value.Map("inputs").Map("artifacts").Maps()))
            .Select(input => input.Value.Text("componentInputParameter") ?? input.Value.Text("componentInputArtifact"))
            .ToHashSet();
        foreach (var (name, port) in component.Inputs.Where(input => !used.Contains(input.Key) && !TaskCheck.IsInjected(input.Key)))
        {
            report.Warning("unused-input", component == pipeline.Root ? $"Nothing uses the pipeline's input '{name}'." : $"Nothing uses the input '{name}' of {component.Name}.", component.Path["inputDefinitions"][port.IsArtifact ? "artifacts" : "parameters"][name]);
        }
    }
}

using System.Globalization;
using System.Text;
using MlOps.Testing;

namespace MlOps.Bench;

/// <summary>Pipelines on a local cloud that runs, by <c>mlops run</c> as a whole process.</summary>
internal sealed class PipelineRows
{
    private const string Component = """
        name: NAME
        implementation:
          container:
            image: busybox:1.36
            command: [COMMAND]

        """;

    private readonly SampleRepo _repo;
    private readonly string _mlops;
    private readonly Dictionary<string, string> _environment;

    public PipelineRows(SampleRepo repo, string mlops, Dictionary<string, string> environment)
    {
        (_repo, _mlops, _environment) = (repo, mlops, environment);
        repo.Write("components/noop/component.yaml", Component.Replace("NAME", "noop", StringComparison.Ordinal).Replace("COMMAND", "'true'", StringComparison.Ordinal));
        repo.Write("components/second/component.yaml", Component.Replace("NAME", "second", StringComparison.Ordinal).Replace("COMMAND", "sleep, '1'", StringComparison.Ordinal));
        Compile("chain", Tasks(10, i => $"{{component: noop{(i == 0 ? "" : $", after: [t{i - 1}]")}}}"));
        Compile("three", Tasks(3, _ => "{component: second}"));
        Compile("loop", "  each:\n    forEach: [1, 2, 3, 4, 5, 6]\n    parallelism: 6\n    tasks:\n      item: {component: second}\n");
        foreach (var count in new[] { 10, 100, 1_000 })
        {
            Compile($"importers-{count}", Tasks(count, i => $"{{importer: {{uri: gs://bench/{i}, type: Dataset, reimport: true}}{(i < 10 ? "" : $", after: [t{i - 10}]")}}}"));
        }
    }

    /// <summary>Ten tasks in a row, a fresh container each.</summary>
    public TimeSpan Chain() => Run("chain");

    public IEnumerable<WholeProcess.Row> Rows()
    {
        yield return new WholeProcess.Row("three independent tasks of 1 s", "≤ 1.6 s", 5, () => Run("three"));
        yield return new WholeProcess.Row("a loop of six items of 1 s, six at a time", "≤ 2.2 s", 5, () => Run("loop"));

        // Ten side by side and tens in a row, without containers: what is left is what a task costs here.
        var few = TimeSpan.Zero;
        yield return new WholeProcess.Row("10 tasks without a container", "", 5, () => few = Run("importers-10"));
        foreach (var count in new[] { 100, 1_000 })
        {
            var all = TimeSpan.Zero;
            yield return new WholeProcess.Row(string.Create(CultureInfo.InvariantCulture, $"{count:N0} tasks without a container"), "flat", 3, () => all = Run($"importers-{count}"))
            {
                Remark = () => string.Create(CultureInfo.InvariantCulture, $"{(all - few).TotalMilliseconds / (count - 10):0.0} ms a task more"),
            };
        }
    }

    private TimeSpan Run(string pipeline) => Timing.Of(_repo.Root, _environment, _mlops, "run", Path.Combine(_repo.Home, $"{pipeline}.json"), "--allow-tags", "--no-cache");

    private void Compile(string name, string tasks) =>
        Timing.Of(_repo.Root, _environment, _mlops, "compile", _repo.Write($"pipelines/{name}.yaml", $"name: {name}\ntasks:\n{tasks}"), "--allow-tags", "--out-dir", _repo.Home);

    private static string Tasks(int count, Func<int, string> task)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  t{i}: {task(i)}\n");
        }

        return text.ToString();
    }
}

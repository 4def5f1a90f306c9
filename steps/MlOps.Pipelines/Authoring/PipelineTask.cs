using System.Globalization;
using System.Runtime.CompilerServices;
using MlOps.Core.Problems;

namespace MlOps.Pipelines.Authoring;

/// <summary>A task of a pipeline. Its methods add to it and give it back.</summary>
public sealed class PipelineTask
{
    private readonly Section _section;
    private readonly List<string> _after = [];

    internal PipelineTask(string id, Section section) => (Id, _section) = (id, section);

    internal string Id { get; }

    /// <summary>One of its outputs, named as in the IR.</summary>
    public Reference this[string output] => new($"tasks.{Id}.outputs.{output}");

    /// <param name="input">The input's name in the IR: <c>Learning Rate</c> is <c>learning_rate</c>.</param>
    /// <param name="value">A literal, a reference, or text with references in it.</param>
    public PipelineTask With(string input, Value value, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var spot = new SourceSpot(file, line);
        _section.Inner("with", spot).Add(input, value.Written, spot);
        return this;
    }

    /// <summary>Waits for a task of which it uses nothing.</summary>
    public PipelineTask After(PipelineTask task, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        _after.Add(YamlWords.Quoted(task.Id));
        _section.Set("after", $"[{string.Join(", ", _after)}]", new SourceSpot(file, line));
        return this;
    }

    /// <summary>An environment variable of the container.</summary>
    public PipelineTask Env(string name, string value, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var spot = new SourceSpot(file, line);
        _section.Inner("env", spot).Set(name, YamlWords.Quoted(value), spot);
        return this;
    }

    /// <param name="attempts">How often it is run again after it failed.</param>
    /// <param name="backoff">Before the first time; whole seconds.</param>
    /// <param name="factor">By which each further one waits longer.</param>
    /// <param name="maxBackoff">The most that is waited; whole seconds.</param>
    public PipelineTask Retry(int attempts, TimeSpan? backoff = null, double factor = 2, TimeSpan? maxBackoff = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        string[] parts =
        [
            string.Create(CultureInfo.InvariantCulture, $"attempts: {attempts}"),
            $"factor: {YamlWords.Number(factor)}",
            .. backoff is { } first ? new[] { $"backoff: {Seconds(first)}" } : [],
            .. maxBackoff is { } most ? new[] { $"maxBackoff: {Seconds(most)}" } : [],
        ];
        return Set("retry", $"{{{string.Join(", ", parts)}}}", file, line);
    }

    /// <param name="cpu">Processors: <c>4</c>, <c>500m</c>.</param>
    /// <param name="memory">Bytes: <c>16G</c>, <c>512Mi</c>.</param>
    /// <param name="accelerator">Such as <c>NVIDIA_TESLA_T4</c>.</param>
    public PipelineTask Resources(
        string? cpu = null, string? memory = null, string? cpuRequest = null, string? memoryRequest = null, string? accelerator = null, int accelerators = 1, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var amounts = new[] { ("cpu", cpu), ("memory", memory), ("cpuRequest", cpuRequest), ("memoryRequest", memoryRequest) }
            .Where(pair => pair.Item2 is not null)
            .Select(pair => $"{pair.Item1}: {YamlWords.Quoted(pair.Item2!)}");
        var accelerated = accelerator is null ? [] : new[] { string.Create(CultureInfo.InvariantCulture, $"accelerator: {{type: {YamlWords.Quoted(accelerator)}, count: {accelerators}}}") };
        return Set("resources", $"{{{string.Join(", ", amounts.Concat(accelerated))}}}", file, line);
    }

    /// <summary>Whether results of earlier runs are used; on unless this says otherwise.</summary>
    public PipelineTask Caching(bool enabled, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Set("caching", enabled ? "true" : "false", file, line);

    /// <summary>Results of runs with the same key are used.</summary>
    public PipelineTask Caching(string key, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Set("caching", $"{{key: {YamlWords.Quoted(key)}}}", file, line);

    public PipelineTask DisplayName(string name, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Set("displayName", YamlWords.Quoted(name), file, line);

    /// <summary>Runs though a task before it failed.</summary>
    public PipelineTask IgnoreUpstreamFailure([CallerFilePath] string file = "", [CallerLineNumber] int line = 0) => Set("ignoreUpstreamFailure", "true", file, line);

    private PipelineTask Set(string key, string written, string file, int line)
    {
        _section.Set(key, written, new SourceSpot(file, line));
        return this;
    }

    // What is no whole number is left for the reader to refuse.
    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds}s");
}

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlOps.Core.Files;
using MlOps.Core.Problems;
using MlOps.Google;
using MlOps.Pipelines.Ir;
using MlOps.Steps.Project;

namespace MlOps.Steps.Run;

/// <summary>A compiled pipeline at hand, run outside any repo.</summary>
public static class FileRun
{
    /// <summary>Reads and checks the file and its arguments; nothing is submitted.</summary>
    /// <param name="arguments"><c>K=V</c>; a STRING verbatim, others as JSON.</param>
    /// <exception cref="InvalidInputException">All that is wrong with them.</exception>
    public static JobRequest Read(string file, IEnumerable<string> arguments, bool allowTags, TimeSpan timeout, bool? caching)
    {
        var problems = new List<Problem>();
        var spec = Read(file, allowTags, problems);
        var parameters = new JsonObject();
        if (spec is not null)
        {
            parameters = PipelineInputs.ReadArguments(spec, Arguments.Pairs(arguments, problems), problems);
        }

        if (spec is null || problems.Any(problem => problem.Severity == Severity.Error))
        {
            throw new InvalidInputException(problems);
        }

        var name = spec["pipelineInfo"]?["name"]?.GetValue<string>() ?? Path.GetFileNameWithoutExtension(file);
        return new JobRequest(name, spec, parameters, ImmutableSortedDictionary<string, string>.Empty, null, caching, "slow", timeout);
    }

    private static JsonObject? Read(string path, bool allowTags, List<Problem> problems)
    {
        if (!File.Exists(path))
        {
            problems.Add(Problem.Error("file-missing", "There is no such file; expected a compiled pipeline (JSON or YAML).", new SourceSpot(path)));
            return null;
        }

        if (TextFile.Read(path, path, problems) is not { } text || PipelineFile.Parse(path, text, problems) is not { } file)
        {
            return null;
        }

        PipelineChecker.Check(file, allowTags, problems);
        return file.Spec;
    }

    public static async Task<RunOutcome> SubmitAsync(JobRequest request, DeliveryEnvironment environment, GcpEndpoint endpoint, bool wait, Action<string> line, TimeProvider time, CancellationToken cancel)
    {
        using var jobs = new Jobs(endpoint, environment);
        var job = await jobs.CreateAsync(JobId.Unique(request.DisplayName, time), request, cancel);
        line($"submitted {job.Name}");
        if (wait)
        {
            job = await PipelineWait.UntilEndAsync(jobs, job.Name, request.Timeout, new RunProgress(line).Seen, line, time, cancel);
        }

        return RunOutcome.Of(job);
    }
}

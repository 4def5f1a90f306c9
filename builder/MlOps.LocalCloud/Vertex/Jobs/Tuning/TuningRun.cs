using System.Collections.Immutable;
using System.Globalization;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using MlOps.LocalCloud.Vertex.Jobs.Work;
using MlOps.LocalCloud.Vertex.Pipelines;
using MlOps.LocalCloud.Vertex.Running;
using Status = Google.Rpc.Status;
using TrialState = Google.Cloud.AIPlatform.V1.Trial.Types.State;

namespace MlOps.LocalCloud.Vertex.Jobs.Tuning;

/// <summary>A tuning job: trials, each a cluster of its own, so many side by side, until there are enough or too many have failed.</summary>
internal sealed class TuningRun(JobRun run, HyperparameterTuningJob job, JobServices services, LeftBehind leftBehind)
{
    private readonly ImageSource _images = new(services.Options.ToEngineName);

    private DateTimeOffset Now => services.Options.Time.GetUtcNow();

    private HyperparameterTuningJob Current => (HyperparameterTuningJob)run.Now;

    public async Task<JobEnd> RunAsync(CancellationToken cancel)
    {
        run.Started();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var running = job.Trials.Where(trial => !IsDone(trial)).Select(trial => TrialAsync(trial, isNew: trial.State == TrialState.Requested, enough.Token)).ToList();
        try
        {
            while (!cancel.IsCancellationRequested)
            {
                while (running.Count < job.ParallelTrialCount && !HasFailed(Current) && Next() is { } trial)
                {
                    running.Add(TrialAsync(trial, isNew: true, enough.Token));
                }

                if (running.Count == 0 || HasFailed(Current))
                {
                    break;
                }

                var ended = await Task.WhenAny(running);
                running.Remove(ended);
                await ended;
            }
        }
        finally
        {
            await enough.CancelAsync();
            await Task.WhenAll(running);
        }

        return End(cancel);
    }

    private JobEnd End(CancellationToken cancel)
    {
        var last = Current;
        var failed = last.Trials.Where(trial => trial.State == TrialState.Infeasible).ToList();
        var end = cancel.IsCancellationRequested ? JobEnd.Cancelled
            : HasFailed(last) || last.Trials.All(trial => trial.State != TrialState.Succeeded)
                ? JobEnd.Of(JobState.Failed, new Status { Code = StatusCode.InvalidArgument, Message = $"{failed.Count} of {last.Trials.Count} trials failed{Allowed}. The last failure, trial {failed.LastOrDefault()?.Id}: {failed.LastOrDefault()?.InfeasibleReason}" })
                : JobEnd.Of(JobState.Succeeded);

        // Containers of trials that had ended when an earlier process was killed.
        return end with { CleanUpAsync = () => leftBehind.RemoveAsync(services, job.Name) };
    }

    private string Allowed => job.MaxFailedTrialCount > 0 ? $" (maxFailedTrialCount {job.MaxFailedTrialCount})" : "";

    // Where nothing is said, Vertex AI decides; here the job goes on as long as there are trials.
    private bool HasFailed(HyperparameterTuningJob now) => job.MaxFailedTrialCount > 0 && now.Trials.Count(trial => trial.State == TrialState.Infeasible) >= job.MaxFailedTrialCount;

    private static bool IsDone(Trial trial) => trial.State is TrialState.Succeeded or TrialState.Infeasible;

    private Trial? Next()
    {
        var number = Current.Trials.Count + 1;
        if (number > job.MaxTrialCount || Suggestions.Of(job.StudySpec, number, job.Name) is not { } parameters)
        {
            return null;
        }

        var id = number.ToString(CultureInfo.InvariantCulture);
        var trial = new Trial { Name = $"{job.Name}/trials/{id}", Id = id, State = TrialState.Requested, Parameters = { parameters } };
        run.Change<HyperparameterTuningJob>(now => now.Trials.Add(trial.Clone()));
        return trial;
    }

    private async Task TrialAsync(Trial trial, bool isNew, CancellationToken cancel)
    {
        await Task.Yield();
        var arguments = trial.Parameters.Select(parameter => $"--{parameter.ParameterId}={ParameterSpace.Text(parameter.Value)}").ToImmutableArray();
        var work = new ClusterRun(services, new WorkRequest(job.Name, trial.Id, job.TrialJobSpec, arguments), _images, leftBehind);
        WorkEnd end;
        try
        {
            end = await work.RunAsync(isNew ? null : trial.StartTime.ToDateTimeOffset(), () => Change(trial, Begin), cancel);
        }
        catch (OperationCanceledException) when (!services.Stopping.IsCancellationRequested)
        {
            end = new WorkEnd(WorkState.Cancelled, "", Metrics: null, () => Task.CompletedTask);
        }
        catch (TaskFaultException fault)
        {
            end = new WorkEnd(WorkState.Failed, fault.Message, Metrics: null, () => Task.CompletedTask);
        }

        Change(trial, changed => Finish(changed, end));
        await end.CleanUpAsync();
    }

    private void Begin(Trial trial)
    {
        trial.State = TrialState.Active;
        trial.StartTime = Now.ToTimestamp();
    }

    private void Finish(Trial trial, WorkEnd end)
    {
        trial.EndTime = Now.ToTimestamp();
        if (end.Metrics is not null && trial.StartTime is not null)
        {
            trial.Measurements.AddRange(MetricReports.Read(end.Metrics, job.StudySpec, trial.StartTime.ToDateTimeOffset()));
        }

        var final = MetricReports.Final([.. trial.Measurements], job.StudySpec);
        trial.State = end.State == WorkState.Succeeded && final is not null ? TrialState.Succeeded : TrialState.Infeasible;
        trial.FinalMeasurement = trial.State == TrialState.Succeeded ? final!.Clone() : null;
        trial.InfeasibleReason = (trial.State, end.State) switch
        {
            (TrialState.Succeeded, _) => "",
            (_, WorkState.Cancelled) => "The trial was cancelled.",
            (_, WorkState.Failed) => end.Message,
            _ => Unreported(end.Metrics ?? ""),
        };
    }

    private string Unreported(string text)
    {
        var wanted = $"The trial ended without reporting {string.Join(", ", job.StudySpec.Metrics.Select(metric => $"'{metric.MetricId}'"))}";
        return MetricReports.Names(text) is { Count: > 0 } names
            ? $"{wanted}; it reported {string.Join(", ", names.Select(name => $"'{name}'"))}. hyperparameter_metric_tag must be the study's metricId."
            : $"{wanted}: report_hyperparameter_tuning_metric of cloudml-hypertune writes it to {Cluster.MetricFile}.";
    }

    private void Change(Trial trial, Action<Trial> change) => run.Change<HyperparameterTuningJob>(now => change(now.Trials.First(found => found.Id == trial.Id)));
}

using Google.Cloud.AIPlatform.V1;
using Grpc.Core;
using Algorithm = Google.Cloud.AIPlatform.V1.StudySpec.Types.Algorithm;
using Goal = Google.Cloud.AIPlatform.V1.StudySpec.Types.MetricSpec.Types.GoalType;
using ParameterSpec = Google.Cloud.AIPlatform.V1.StudySpec.Types.ParameterSpec;
using TrialState = Google.Cloud.AIPlatform.V1.Trial.Types.State;

namespace MlOps.LocalCloud.Tests.Vertex.Jobs;

/// <summary>Tuning jobs on the real engine.</summary>
public sealed class TuningJobTests(TestVertex vertex) : IClassFixture<TestVertex>
{
    // Reports the product of its two parameters, as cloudml-hypertune would.
    private const string Reporting = """
        n=${0#--n=}; d=${1#--d=}; mkdir -p "$(dirname "$CLOUD_ML_HP_METRIC_FILE")"
        printf '{"checkpoint_path": "", "global_step": "1", "score": "%s", "timestamp": 1.5, "trial": "%s"}\n' "$(awk "BEGIN{print $n*$d}")" "$CLOUD_ML_TRIAL_ID" > "$CLOUD_ML_HP_METRIC_FILE"
        """;

    private static HyperparameterTuningJob Job(string script, int trials = 4, int parallel = 2, int failures = 0) => new()
    {
        DisplayName = "tune",
        MaxTrialCount = trials,
        ParallelTrialCount = parallel,
        MaxFailedTrialCount = failures,
        StudySpec = new StudySpec
        {
            Algorithm = Algorithm.GridSearch,
            Metrics = { new StudySpec.Types.MetricSpec { MetricId = "score", Goal = Goal.Maximize } },
            Parameters = { new ParameterSpec { ParameterId = "n", IntegerValueSpec = new() { MinValue = 1, MaxValue = 2 } }, new ParameterSpec { ParameterId = "d", DiscreteValueSpec = new() { Values = { 0.5, 3 } } } },
        },
        TrialJobSpec = new CustomJobSpec { WorkerPoolSpecs = { Specs.Shell(script) } },
    };

    [Fact]
    public async Task Every_trial_gets_its_arguments_and_reports_its_metric()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        var wanted = Job(Reporting + $"\necho \"$AIP_MODEL_DIR\" > /gcs/{Specs.Bucket}/trial-$CLOUD_ML_TRIAL_ID", trials: 9);
        wanted.TrialJobSpec.BaseOutputDirectory = new GcsDestination { OutputUriPrefix = $"gs://{Specs.Bucket}/tuned/" };
        var job = await vertex.RunAsync(wanted);

        Assert.True(job.State == JobState.Succeeded, job.Told());
        Assert.Equal(["1", "2", "3", "4"], job.Trials.Select(trial => trial.Id));
        Assert.All(job.Trials, trial => Assert.Equal(TrialState.Succeeded, trial.State));
        Assert.Equal([0.5, 3, 1, 6], job.Trials.Select(trial => trial.FinalMeasurement.Metrics[0].Value));
        Assert.Equal((1, 1), (job.Trials[0].Measurements.Count, job.Trials[0].FinalMeasurement.StepCount));
        Assert.Equal($"gs://{Specs.Bucket}/tuned/3/model/\n", vertex.Read($"gs://{Specs.Bucket}/trial-3"));
        Assert.Empty(await vertex.ContainersAsync());
    }

    [Fact]
    public async Task Trials_that_fail_or_report_nothing_are_infeasible_and_too_many_end_the_job()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        var job = await vertex.RunAsync(Job("case $CLOUD_ML_TRIAL_ID in 1) " + Reporting + ";; 2) mkdir /tmp/hypertune; echo '{\"skore\": \"1\", \"trial\": \"2\"}' > /tmp/hypertune/output.metrics;; 3) echo broken; exit 1;; *) sleep 600;; esac", parallel: 1, failures: 2));

        Assert.Equal(JobState.Failed, job.State);
        Assert.StartsWith("2 of 3 trials failed (maxFailedTrialCount 2). The last failure, trial 3: The replica workerpool0-0 exited with a non-zero status of 1.", job.Error.Message);
        Assert.Equal([TrialState.Succeeded, TrialState.Infeasible, TrialState.Infeasible], job.Trials.Select(trial => trial.State));
        Assert.Contains("without reporting 'score'; it reported 'skore'.", job.Trials[1].InfeasibleReason);
        Assert.Contains("broken", job.Trials[2].InfeasibleReason);
        Assert.Empty(await vertex.ContainersAsync());
    }

    [Fact]
    public async Task A_restart_goes_on_with_the_trials_and_cancelling_ends_them()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        await using var own = new TestVertex();
        await own.InitializeAsync();
        var script = $"echo begun >> /gcs/{Specs.Bucket}/log-$CLOUD_ML_TRIAL_ID; echo ready; until test -e /gcs/{Specs.Bucket}/go-$CLOUD_ML_TRIAL_ID; do sleep 0.1; done; " + Reporting;
        var job = await own.Jobs.CreateHyperparameterTuningJobAsync(new CreateHyperparameterTuningJobRequest { Parent = TestVertex.Parent, HyperparameterTuningJob = Job(script) }, cancellationToken: TestVertex.Cancel);
        await Task.WhenAll(own.JobPrintedAsync(job.Name, "1/workerpool0-0", "ready"), own.JobPrintedAsync(job.Name, "2/workerpool0-0", "ready"));
        await own.RestartAsync();
        own.Write($"gs://{Specs.Bucket}/go-1", "");
        await own.JobPrintedAsync(job.Name, "3/workerpool0-0", "ready");
        await own.Jobs.CancelHyperparameterTuningJobAsync(new CancelHyperparameterTuningJobRequest { Name = job.Name }, cancellationToken: TestVertex.Cancel);
        await own.JobEndedAsync(job.Name);
        var ended = await own.Jobs.GetHyperparameterTuningJobAsync(new GetHyperparameterTuningJobRequest { Name = job.Name }, cancellationToken: TestVertex.Cancel);

        Assert.True(ended.State == JobState.Cancelled, ended.Told());
        Assert.Equal([TrialState.Succeeded, TrialState.Infeasible, TrialState.Infeasible], ended.Trials.Select(trial => trial.State));
        Assert.Equal("begun\n", own.Read($"gs://{Specs.Bucket}/log-1"));
        Assert.Empty(await own.ContainersAsync());
    }

    [Fact]
    public async Task What_cannot_be_tuned_is_refused()
    {
        async Task<Status> RefusedAsync(HyperparameterTuningJob job) => (await Assert.ThrowsAsync<RpcException>(() => vertex.RunAsync(job))).Status;
        var wrong = Job("true", trials: 1);
        wrong.StudySpec.Parameters.Add(new ParameterSpec { ParameterId = "n", DoubleValueSpec = new() { MinValue = 2, MaxValue = 1 } });
        wrong.StudySpec.Metrics.Clear();
        var refusal = await RefusedAsync(wrong);
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        foreach (var said in new[] { "parallelTrialCount is 2", "metrics is missing", "'n' is declared 2 times", "GRID_SEARCH needs parameters" })
        {
            Assert.Contains(said, refusal.Detail);
        }

        var conditional = Job("true");
        conditional.StudySpec.Parameters[0].ConditionalParameterSpecs.Add(new ParameterSpec.Types.ConditionalParameterSpec());
        Assert.Equal(StatusCode.Unimplemented, (await RefusedAsync(conditional)).StatusCode);
    }
}

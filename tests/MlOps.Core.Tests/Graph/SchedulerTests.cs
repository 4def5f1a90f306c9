using CsCheck;
using MlOps.Core.Graph;

namespace MlOps.Core.Tests.Graph;

public sealed class SchedulerTests
{
    private sealed class Recorder : IStepObserver
    {
        public List<string> Events { get; } = [];

        public void Started(string step) => Add("start " + step);

        public void Finished(string step, StepResult result, TimeSpan took) => Add("end " + step);

        public void Failed(string step, Exception error, TimeSpan took) => Add("fail " + step);

        private void Add(string text)
        {
            lock (Events)
            {
                Events.Add(text);
            }
        }
    }

    private static Step<int> Step(string name, Func<CancellationToken, Task> run, params string[] needs) =>
        new(name, [.. needs], async (_, cancel) =>
        {
            await run(cancel);
            return StepResult.Done("");
        });

    [Fact]
    public async Task Independent_steps_run_side_by_side()
    {
        var first = new TaskCompletionSource();
        var second = new TaskCompletionSource();
        var graph = new StepGraph<int>(
        [
            Step("a", async _ => { first.SetResult(); await second.Task; }),
            Step("b", async _ => { second.SetResult(); await first.Task; }),
        ]);
        await Scheduler.RunAsync(graph, 0, new Recorder(), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_failure_stops_what_runs_and_starts_nothing_more()
    {
        var recorder = new Recorder();
        var running = new TaskCompletionSource();
        var graph = new StepGraph<int>(
        [
            Step("fails", async _ => { await running.Task; throw new InvalidOperationException("boom"); }),
            Step("runs", async cancel => { running.SetResult(); await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel); }),
            Step("later", _ => Task.CompletedTask, "fails"),
        ]);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Scheduler.RunAsync(graph, 0, recorder, TimeProvider.System, TestContext.Current.CancellationToken));
        Assert.Equal("boom", error.Message);
        Assert.Contains("fail runs", recorder.Events);
        Assert.DoesNotContain("start later", recorder.Events);
    }

    [Fact]
    public async Task Cancelling_ends_as_cancelled()
    {
        using var stop = new CancellationTokenSource();
        var graph = new StepGraph<int>([Step("a", async cancel => { await stop.CancelAsync(); cancel.ThrowIfCancellationRequested(); }), Step("b", _ => Task.CompletedTask, "a")]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Scheduler.RunAsync(graph, 0, new Recorder(), TimeProvider.System, stop.Token));
    }

    [Fact]
    public void In_any_graph_every_step_runs_once_and_after_what_it_needs() =>
        Gen.Int[0, 12].SelectMany(count => Gen.Int[0, 4095].Array[count]).Sample(masks =>
        {
            var steps = masks.Select((mask, i) => Step($"s{i}", _ => Task.CompletedTask, [.. Enumerable.Range(0, i).Where(j => (mask >> j & 1) == 1).Select(j => $"s{j}")])).ToArray();
            var recorder = new Recorder();
            Scheduler.RunAsync(new StepGraph<int>(steps), 0, recorder, TimeProvider.System, CancellationToken.None).GetAwaiter().GetResult();
            return recorder.Events.Count == 2 * steps.Length
                && steps.All(step => step.Needs.All(need => recorder.Events.IndexOf("end " + need) < recorder.Events.IndexOf("start " + step.Name)));
        });
}

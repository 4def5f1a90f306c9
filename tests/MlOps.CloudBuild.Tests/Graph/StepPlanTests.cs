using CsCheck;
using Google.Cloud.CloudBuild.V1;
using Google.Protobuf.WellKnownTypes;
using MlOps.CloudBuild.Graph;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Tests.Graph;

public sealed class StepPlanTests
{
    [Fact]
    public void Steps_without_wait_for_run_one_after_the_other()
    {
        var plan = StepPlan.Of(BuildOf(("a", []), ("b", []), ("c", [])));
        Assert.Equal([0, 1, 2], plan.Steps.Select(step => step.Layer));
        Assert.Equal([1], plan.Steps[2].WaitsFor);
        Assert.Equal((1, 3), (plan.AtOnce, plan.CriticalPath.Length));
    }

    [Fact]
    public void What_is_waited_for_by_another_already_is_left_out()
    {
        var plan = StepPlan.Of(BuildOf(("a", ["-"]), ("b", ["a"]), ("c", ["a", "b"]), ("d", ["-"])));
        Assert.Equal([1], plan.Steps[2].WaitsFor);
        Assert.Equal([0, 1, 2], plan.CriticalPath);
        Assert.Equal(2, plan.AtOnce);
    }

    [Fact]
    public void Steps_of_different_layers_can_run_at_once_too()
    {
        // a -> b and c -> d -> e: never more than two; with f beside them three.
        var plan = StepPlan.Of(BuildOf(("a", ["-"]), ("b", ["a"]), ("c", ["-"]), ("d", ["c"]), ("e", ["d"]), ("f", ["-"])));
        Assert.Equal(3, plan.AtOnce);
    }

    [Fact]
    public void Timeouts_count_where_every_step_has_one()
    {
        var build = BuildOf(("a", ["-"]), ("b", ["a"]), ("long", ["-"]));
        build.Steps[0].Timeout = build.Steps[1].Timeout = Duration.FromTimeSpan(System.TimeSpan.FromSeconds(10));
        Assert.Equal(StepMeasure.Steps, StepPlan.Of(build).Measure);
        build.Steps[2].Timeout = Duration.FromTimeSpan(System.TimeSpan.FromSeconds(60));
        var plan = StepPlan.Of(build);
        Assert.Equal((StepMeasure.Timeouts, System.TimeSpan.FromSeconds(60)), (plan.Measure, plan.Length));
        Assert.Equal([2], plan.CriticalPath);
    }

    [Fact]
    public void Timings_of_a_build_that_has_ended_are_found_by_id()
    {
        var build = BuildOf(("a", ["-"]), ("b", ["-"]));
        var timings = StepTimings.Read("b.json", """
            {"id": "x", "unknownToUs": 1, "steps": [
              {"name": "i", "id": "b", "timing": {"startTime": "2026-01-01T00:00:00Z", "endTime": "2026-01-01T00:00:05.500Z"}},
              {"name": "i", "id": "a", "timing": {"startTime": "2026-01-01T00:00:00Z", "endTime": "2026-01-01T00:00:01Z"}}]}
            """, build);
        Assert.Equal([1, 5.5], timings.Select(time => time.TotalSeconds));
        Assert.Equal([1], StepPlan.Of(build, timings).CriticalPath);
    }

    [Theory]
    [InlineData("{", "not-a-build")]
    [InlineData("[]", "not-a-build")]
    [InlineData("""{"steps": [{"name": "a"}]}""", "no-timings")]
    [InlineData("""{"steps": [{"name": "a", "timing": {"startTime": "2026-01-01T00:00:00Z", "endTime": "2026-01-01T00:00:05Z"}}]}""", "other-build")]
    public void A_file_without_this_builds_timings_is_refused(string json, string code)
    {
        var refused = Assert.Throws<InvalidInputException>(() => StepTimings.Read("b.json", json, BuildOf(("a", []), ("b", []))));
        Assert.Equal(code, Assert.Single(refused.Problems).Code);
    }

    [Fact]
    public void The_most_steps_at_once_are_what_trying_every_set_finds() =>
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, 6]).Array[0, 12].Sample(pairs =>
        {
            var waits = pairs.Where(pair => pair.Item1 < pair.Item2).ToLookup(pair => pair.Item2, pair => $"s{pair.Item1}");
            var plan = StepPlan.Of(BuildOf([.. Enumerable.Range(0, 7).Select(index => ($"s{index}", waits[index].Append("-").ToArray()))]));
            var reach = Enumerable.Range(0, 7).Select(index => Before(plan, index)).ToArray();
            var largest = Enumerable.Range(0, 128).Select(set => Enumerable.Range(0, 7).Where(index => (set >> index & 1) == 1).ToArray())
                .Where(set => set.All(one => !set.Any(two => reach[one].Contains(two)))).Max(set => set.Length);
            Assert.Equal(largest, plan.AtOnce);
        }, iter: 200);

    private static HashSet<int> Before(StepPlan plan, int step) => [.. plan.Steps[step].WaitsFor, .. plan.Steps[step].WaitsFor.SelectMany(from => Before(plan, from))];

    private static Build BuildOf(params (string Id, string[] WaitFor)[] steps) =>
        new() { Steps = { steps.Select(step => new BuildStep { Name = "img", Id = step.Id, WaitFor = { step.WaitFor } }) } };
}

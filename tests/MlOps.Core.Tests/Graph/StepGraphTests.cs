using MlOps.Core.Graph;
using MlOps.Core.Problems;

namespace MlOps.Core.Tests.Graph;

public sealed class StepGraphTests
{
    private static Step<int> Step(string name, params string[] needs) => new(name, [.. needs], (_, _) => Task.FromResult(StepResult.Done("")));

    [Fact]
    public void All_faults_are_named_at_once()
    {
        var error = Assert.Throws<InvalidInputException>(() => new StepGraph<int>([Step("a", "b"), Step("b", "a"), Step("c", "bulid"), Step("build"), Step("c")]));
        Assert.Equal(["duplicate-step", "missing-step", "step-cycle"], error.Problems.Select(problem => problem.Code));
        Assert.Contains("Did you mean 'build'?", error.Message);
        Assert.Contains("a -> b -> a", error.Message);
    }

    [Fact]
    public void A_step_is_ready_when_all_it_needs_is_done()
    {
        var graph = new StepGraph<int>([Step("a"), Step("b"), Step("c", "a", "b")]);
        Assert.Equal(["a", "b"], Ready(graph, [], []));
        Assert.Equal(["b"], Ready(graph, ["a"], ["a"]));
        Assert.Equal(["c"], Ready(graph, ["a", "b"], ["a", "b"]));
    }

    private static IEnumerable<string> Ready(StepGraph<int> graph, string[] done, string[] started) =>
        graph.Ready(done.ToHashSet(), started.ToHashSet()).Select(step => step.Name);
}

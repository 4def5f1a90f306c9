using MlOps.Core.Problems;

namespace MlOps.Pipelines.Compilation;

/// <summary>
/// Puts every block into building order: again and again the first task or group, in order of appearance, of which everything
/// it uses is built. Nothing left that can be built is a cycle.
/// </summary>
internal sealed class Sequencer(Plan plan, ICollection<Problem> problems)
{
    private readonly Dictionary<PlanNode, HashSet<PlanTask>> _uses = [];

    public void Order()
    {
        foreach (var group in plan.AllGroups().Where(group => group is not BranchesGroup).ToList())
        {
            group.Children = Ordered(group);
        }
    }

    private List<PlanNode> Ordered(PlanGroup block)
    {
        var children = block.Children;
        var position = children.Select((child, index) => (child, index)).ToDictionary(pair => pair.child, pair => pair.index);
        var waiting = new int[children.Count];
        var followers = children.ConvertAll(_ => new List<int>());
        for (var index = 0; index < children.Count; index++)
        {
            foreach (var needed in Needs(children[index], block, position))
            {
                waiting[index]++;
                followers[needed].Add(index);
            }
        }

        var ready = new SortedSet<int>(Enumerable.Range(0, children.Count).Where(index => waiting[index] == 0));
        var built = new List<PlanNode>(children.Count);
        while (ready.Count > 0)
        {
            var next = ready.Min;
            ready.Remove(next);
            built.Add(children[next]);
            foreach (var follower in followers[next].Where(follower => --waiting[follower] == 0))
            {
                ready.Add(follower);
            }
        }

        if (built.Count < children.Count)
        {
            ReportCycle(children, followers, waiting);
        }

        return built.Count < children.Count ? children : built;
    }

    // The positions of the siblings that hold a task which the child uses.
    private HashSet<int> Needs(PlanNode child, PlanGroup block, Dictionary<PlanNode, int> position)
    {
        var needs = new HashSet<int>();
        foreach (var used in Uses(child))
        {
            if (used.Around().Contains(block) && used.In(block) is var sibling && (sibling != child || used == child))
            {
                needs.Add(position[sibling]);
            }
        }

        return needs;
    }

    private HashSet<PlanTask> Uses(PlanNode node)
    {
        if (!_uses.TryGetValue(node, out var uses))
        {
            _uses[node] = uses = [.. Direct(node)];
            foreach (var child in (node as PlanGroup)?.Children ?? [])
            {
                uses.UnionWith(Uses(child));
            }
        }

        return uses;
    }

    private IEnumerable<PlanTask> Direct(PlanNode node) => node switch
    {
        PlanTask task => task.Definition.After.Select(after => plan.Tasks.GetValueOrDefault(after.Id)).OfType<PlanTask>().Concat(task.Channels.SelectMany(Producers)),
        ConditionGroup condition => condition.Tests.SelectMany(test => test.Comparison.Channels()).SelectMany(Producers),
        LoopGroup { List: { } list } => Producers(list),
        _ => [],
    };

    private static IEnumerable<PlanTask> Producers(Channel channel) => channel switch
    {
        OneOfChannel oneOf => oneOf.Outputs.Select(output => output.Task),
        OutputChannel { Producer: PlanTask task } => [task],
        OutputChannel { Producer: PlanGroup group } output => Inner(group, output.Key),
        _ => [],
    };

    // The task at the end of a chain of groups that hand its output out.
    private static IEnumerable<PlanTask> Inner(PlanGroup group, string key)
    {
        while (group.Outputs.TryGetValue(key, out var output))
        {
            if (output.From is PlanTask task)
            {
                return [task];
            }

            group = (PlanGroup)output.From;
        }

        return [];
    }

    private void ReportCycle(List<PlanNode> children, List<List<int>> followers, int[] waiting)
    {
        var stuck = Enumerable.Range(0, children.Count).Where(index => waiting[index] > 0).ToHashSet();
        var path = new List<int> { stuck.Min() };
        while (true)
        {
            // Every stuck one waits for another that is stuck.
            var needed = stuck.First(index => followers[index].Contains(path[^1]));
            var at = path.IndexOf(needed);
            if (at >= 0)
            {
                path = path[at..];
                break;
            }

            path.Add(needed);
        }

        var names = path.Select(index => children[index].Id).ToList();
        problems.Add(Problem.Error("cycle", names.Count == 1
            ? $"'{names[0]}' waits for itself."
            : $"These wait for each other, so that none can begin: {string.Join(" -> ", names.Append(names[0]))} (each needs the next).", children[path[0]].Spot));
    }
}

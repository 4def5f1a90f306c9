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
        var waiting = new Dictionary<PlanNode, HashSet<PlanNode>>(block.Children.Count);
        var ready = new List<PlanNode>();
        var followers = new Dictionary<PlanNode, List<PlanNode>>(block.Children.Count);
        foreach (var child in block.Children)
        {
            followers[child] = [];
        }

        foreach (var child in block.Children)
        {
            waiting[child] = Needs(child, block);
            foreach (var needed in waiting[child])
            {
                followers[needed].Add(child);
            }

            if (waiting[child].Count == 0)
            {
                ready.Add(child);
            }
        }

        var built = Built(waiting, followers, ready);
        if (built.Count < block.Children.Count)
        {
            ReportCycle([.. block.Children.Where(child => waiting[child].Count > 0)], waiting);
            return block.Children;
        }

        return built;
    }

    // What is ready is kept in the order of the file.
    private static List<PlanNode> Built(Dictionary<PlanNode, HashSet<PlanNode>> waiting, Dictionary<PlanNode, List<PlanNode>> followers, List<PlanNode> ready)
    {
        var built = new List<PlanNode>(waiting.Count);
        while (ready.Count > 0)
        {
            var next = ready[0];
            ready.RemoveAt(0);
            built.Add(next);
            foreach (var follower in followers[next])
            {
                waiting[follower].Remove(next);
                if (waiting[follower].Count == 0)
                {
                    var after = ready.FindIndex(one => one.Position > follower.Position);
                    ready.Insert(after < 0 ? ready.Count : after, follower);
                }
            }
        }

        return built;
    }

    // The siblings that hold a task which the child uses; the child itself if it is such a task.
    private HashSet<PlanNode> Needs(PlanNode child, PlanGroup block)
    {
        var needs = new HashSet<PlanNode>();
        foreach (var used in Uses(child))
        {
            if (used.Around().Contains(block) && used.In(block) is var sibling && (sibling != child || used == child))
            {
                needs.Add(sibling);
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

    private void ReportCycle(List<PlanNode> stuck, Dictionary<PlanNode, HashSet<PlanNode>> waiting)
    {
        // Every stuck one waits for another that is stuck: following them comes round.
        var path = new List<PlanNode> { stuck[0] };
        while (true)
        {
            var next = stuck.First(waiting[path[^1]].Contains);
            var at = path.IndexOf(next);
            if (at >= 0)
            {
                path = path[at..];
                break;
            }

            path.Add(next);
        }

        problems.Add(Problem.Error("cycle", path.Count == 1
            ? $"'{path[0].Id}' waits for itself."
            : $"These wait for each other, so that none can begin: {string.Join(" -> ", path.Append(path[0]).Select(node => node.Id))} (each needs the next).", path[0].Spot));
    }
}

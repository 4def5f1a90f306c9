namespace MlOps.LocalCloud.CloudBuild.Running;

/// <summary>A build that waits.</summary>
/// <param name="Queue">Its project and location.</param>
/// <param name="Expires">When it is to be given up.</param>
internal sealed record WaitingBuild(string Name, string Queue, DateTimeOffset Expires);

/// <summary>Who is next: first come, first served in each queue, of which so many may run at once. No clock and no threads of its own.</summary>
/// <param name="most">Builds of one queue that run side by side.</param>
internal sealed class QueueOrder(int most)
{
    private readonly Dictionary<string, LinkedList<WaitingBuild>> _waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LinkedListNode<WaitingBuild>> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _running = new(StringComparer.Ordinal);
    private readonly PriorityQueue<WaitingBuild, DateTimeOffset> _expiring = new();

    /// <summary>How many wait.</summary>
    public int Count => _byName.Count;

    public bool IsWaiting(string name) => _byName.ContainsKey(name);

    public void Add(WaitingBuild build)
    {
        if (!_waiting.TryGetValue(build.Queue, out var queue))
        {
            _waiting[build.Queue] = queue = new();
        }

        _byName.Add(build.Name, queue.AddLast(build));
        _expiring.Enqueue(build, build.Expires);
    }

    /// <returns>False where it does not wait (any more).</returns>
    public bool Remove(string name)
    {
        if (!_byName.Remove(name, out var node))
        {
            return false;
        }

        node.List!.Remove(node);
        return true;
    }

    /// <summary>The builds that may start now; they count as running from here on.</summary>
    public List<WaitingBuild> TakeNext()
    {
        var next = new List<WaitingBuild>();
        foreach (var (name, queue) in _waiting)
        {
            while (queue.First is { } first && _running.GetValueOrDefault(name) < most)
            {
                Remove(first.Value.Name);
                _running[name] = _running.GetValueOrDefault(name) + 1;
                next.Add(first.Value);
            }
        }

        foreach (var build in next.Where(build => _waiting.TryGetValue(build.Queue, out var queue) && queue.Count == 0))
        {
            _waiting.Remove(build.Queue);
        }

        return next;
    }

    /// <summary>A build of the queue has ended.</summary>
    public void Ended(string queue)
    {
        if (--_running[queue] == 0)
        {
            _running.Remove(queue);
        }
    }

    /// <summary>Takes out the builds that have waited too long.</summary>
    public List<WaitingBuild> TakeExpired(DateTimeOffset now)
    {
        var expired = new List<WaitingBuild>();
        while (_expiring.TryPeek(out var build, out var expires) && (expires <= now || !IsWaiting(build)))
        {
            _expiring.Dequeue();
            if (IsWaiting(build) && Remove(build.Name))
            {
                expired.Add(build);
            }
        }

        return expired;
    }

    /// <summary>When the next of those that wait is to be given up; null where none waits.</summary>
    public DateTimeOffset? NextExpiry()
    {
        while (_expiring.TryPeek(out var build, out var expires))
        {
            if (IsWaiting(build))
            {
                return expires;
            }

            _expiring.Dequeue();
        }

        return null;
    }

    private bool IsWaiting(WaitingBuild build) => _byName.TryGetValue(build.Name, out var node) && ReferenceEquals(node.Value, build);
}

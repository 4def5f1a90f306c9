using CsCheck;
using MlOps.LocalCloud.CloudBuild.Running;

namespace MlOps.LocalCloud.Tests.CloudBuild.Running;

/// <summary>Whatever comes, starts, ends, is cancelled and expires.</summary>
public sealed class QueueOrderTests
{
    private const int Most = 2;
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Each_queue_starts_in_the_order_of_arrival_never_more_than_allowed_and_loses_none() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int[0, 30]).Array[0, 60].Sample(events =>
        {
            var order = new QueueOrder(Most);
            var (running, started, taken) = (new Dictionary<string, int>(), new List<WaitingBuild>(), new HashSet<string>());
            var added = new List<WaitingBuild>();
            var now = 0;
            void StartAll()
            {
                foreach (var build in order.TakeNext())
                {
                    started.Add(build);
                    running[build.Queue] = running.GetValueOrDefault(build.Queue) + 1;
                    Assert.True(running[build.Queue] <= Most && taken.Add(build.Name));
                }
            }

            foreach (var (kind, queue, number) in events)
            {
                switch (kind)
                {
                    case 0:
                        added.Add(new WaitingBuild($"{added.Count}", $"q{queue}", Start.AddSeconds(now + number)));
                        order.Add(added[^1]);
                        break;
                    case 1 when running.GetValueOrDefault($"q{queue}") > 0:
                        order.Ended($"q{queue}");
                        running[$"q{queue}"]--;
                        break;
                    case 2:
                        Assert.Equal(added.Exists(build => build.Name == $"{number}") && !taken.Contains($"{number}"), order.Remove($"{number}"));
                        taken.Add($"{number}");
                        break;
                    default:
                        now += number / 10;
                        var expired = order.TakeExpired(Start.AddSeconds(now));
                        Assert.Equal(added.Where(build => build.Expires <= Start.AddSeconds(now) && !taken.Contains(build.Name)).Select(build => build.Name).Order(), expired.Select(build => build.Name).Order());
                        taken.UnionWith(expired.Select(build => build.Name));
                        break;
                }

                // A name that a removal has named before its build came would be taken for gone.
                taken.RemoveWhere(name => !added.Exists(build => build.Name == name));
                StartAll();
                var waiting = added.Where(build => !taken.Contains(build.Name)).ToList();
                Assert.Equal(waiting.Count, order.Count);
                Assert.Equal(waiting.Count == 0 ? null : waiting.Min(build => build.Expires), order.NextExpiry());
                Assert.All(waiting, build => Assert.Equal(Most, running[build.Queue]));
            }

            Assert.All(started.GroupBy(build => build.Queue), queue => Assert.Equal(queue.Select(build => int.Parse(build.Name)).Order(), queue.Select(build => int.Parse(build.Name))));
        });
}

using System.Text.Json.Nodes;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using MlOps.Core.Images;
using MlOps.Steps.Run;

namespace MlOps.Steps.Tests.Run;

public sealed partial class JobIdTests
{
    private static readonly Digest Release = Digest.Of("release");

    [Fact]
    public void The_same_run_has_the_same_id_whatever_the_order_of_its_parameters()
    {
        var one = JobId.Of("training", Release, "dev", new JsonObject { ["a"] = 1, ["b"] = "x" }, 1);
        var other = JobId.Of("training", Release, "dev", new JsonObject { ["b"] = "x", ["a"] = 1 }, 1);
        Assert.Equal(one, other);
    }

    [Fact]
    public void Whatever_makes_it_another_run_makes_another_id()
    {
        var ids = new[]
        {
            JobId.Of("training", Release, "dev", [], 1),
            JobId.Of("training", Release, "dev", [], 2),
            JobId.Of("training", Release, "prod", [], 1),
            JobId.Of("training", Digest.Of("other"), "dev", [], 1),
            JobId.Of("scoring", Release, "dev", [], 1),
            JobId.Of("training", Release, "dev", new JsonObject { ["a"] = 1 }, 1),
        };
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public void Any_name_gives_an_id_that_Vertex_takes() =>
        Gen.String.Sample(name => IsJobId(JobId.Of(name, Release, "dev", [], 999)) && IsJobId(JobId.Unique(name, new FakeTimeProvider())));

    private static bool IsJobId(string id) => id.Length < 128 && VertexId().IsMatch(id);

    [System.Text.RegularExpressions.GeneratedRegex("^[a-z][-a-z0-9]*$")]
    private static partial System.Text.RegularExpressions.Regex VertexId();
}

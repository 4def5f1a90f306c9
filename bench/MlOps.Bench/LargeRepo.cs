using System.Globalization;
using System.Text.Json.Nodes;
using MlOps.Testing;

namespace MlOps.Bench;

/// <summary>Repos larger than any person writes.</summary>
internal sealed class LargeRepo(SampleRepo repo) : IDisposable
{
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private int _round;

    public string Root => repo.Root;

    /// <summary>Components whose images have been pushed, as the push step's record says: ready for rewrite.</summary>
    public static LargeRepo OfComponents(int count)
    {
        var repo = WithComponents(count);
        var images = Enumerable.Range(0, count).Select(i => $$"""{"component": "c{{i}}", "image": "us-central1-docker.pkg.dev/local/ml/c{{i}}:t", "digest": "{{Digest}}", "size": 1}""");
        repo.Write(".mlops/push.json", $$"""{"commit": "c", "images": [{{string.Join(',', images)}}]}""");
        repo.Commit("many");
        return new LargeRepo(repo);
    }

    public static LargeRepo OfFiles(int components, int files)
    {
        var repo = WithComponents(components);
        for (var i = 0; i < files; i++)
        {
            repo.Write(string.Create(CultureInfo.InvariantCulture, $"components/c{i % components}/src/f{i}.py"), $"print({i})\n");
        }

        repo.Commit("large");
        return new LargeRepo(repo);
    }

    public static LargeRepo OfImages(int count)
    {
        var repo = WithComponents(count);
        repo.Commit("images");
        return new LargeRepo(repo);
    }

    /// <summary>From the first build's start to the last one's end, as far as the step's record tells: they start together, so the slowest one's time.</summary>
    public TimeSpan BuildsByMlops(string mlops)
    {
        StepByMlops(mlops);
        var images = JsonNode.Parse(File.ReadAllBytes(repo.PathOf(".mlops/build.json")))!["images"]!.AsArray();
        return TimeSpan.FromSeconds(images.Max(image => image!["seconds"]!.GetValue<double>()));
    }

    public TimeSpan StepByMlops(string mlops)
    {
        Touch();
        var home = new Dictionary<string, string> { ["MLOPS_HOME"] = repo.Home };
        Timing.Of(Root, home, mlops, "checkout");
        return Timing.Of(Root, home, mlops, "build");
    }

    public TimeSpan BuildByDocker()
    {
        Touch();
        return Timing.Of(Root, new Dictionary<string, string> { ["DOCKER_BUILDKIT"] = "1", ["PATH"] = "/usr/bin:/bin" }, "sh", "-c", "for i in 0 1 2 3 4; do docker build -q -t mlops-bench-$i components/c$i & pids=\"$pids $!\"; done; for p in $pids; do wait $p || exit 1; done");
    }

    public void Dispose() => repo.Dispose();

    /// <summary>Another content each time, so that nobody's cache answers.</summary>
    private void Touch()
    {
        _round++;
        for (var i = 0; i < 5; i++)
        {
            repo.Write($"components/c{i}/content", $"{i} {_round} {Guid.NewGuid()}\n");
        }
    }

    private static SampleRepo WithComponents(int count)
    {
        var repo = new SampleRepo();
        Directory.Delete(repo.PathOf("components/hello"), recursive: true);
        for (var i = 0; i < count; i++)
        {
            repo.Write($"components/c{i}/component.yaml", SampleRepo.ComponentYaml.Replace("name: hello", $"name: c{i}", StringComparison.Ordinal));
            repo.Write($"components/c{i}/Dockerfile", "FROM busybox:1.36\nCOPY . /app\nRUN cat /app/component.yaml >/dev/null\n");
        }

        repo.Replace("pipelines/greet.yaml", "component: hello", "component: c0");
        return repo;
    }
}

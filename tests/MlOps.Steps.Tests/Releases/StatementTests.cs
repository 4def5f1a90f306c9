using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlOps.Core.Images;
using MlOps.Core.Releases;
using MlOps.Steps.Releases;
using MlOps.Testing;

namespace MlOps.Steps.Tests.Releases;

public sealed class StatementTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    private static readonly Statement[] All =
    [
        new SourceStatement(Noon, "dev", "main", "v1.0.0", "ann <ann@example.com>", Noon.AddHours(-1)),
        new BuildStatement(Noon, "dev", "projects/p/locations/l/builds/b", "0.1.0", ImmutableSortedDictionary<string, string>.Empty.Add("train", "0123"), ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>>.Empty.Add("train", ImmutableSortedDictionary<string, string>.Empty.Add("busybox:1.36", "sha256:1"))),
        new TestsStatement(Noon, "dev", 3, 0, 1),
        new LintStatement(Noon, "dev", 0, 2),
        new PipelinesStatement(Noon, "dev", [new UploadedPipeline("training", "gs://b/t/1.json", Digest.Of("p"), ["v1.0.0"])]),
        new SettingsStatement(Noon, "dev", Digest.Of("settings")),
        new RunStatement(Noon, "dev", new PipelineRun("training", "projects/p/locations/l/pipelineJobs/j", "SUCCEEDED", new JsonObject { ["rows"] = 10 }, new JsonObject { ["model"] = "gs://b/m" }, ImmutableSortedDictionary<string, JsonNode?>.Empty.Add("evaluate.accuracy", 0.9), [new TaskRun("train", "SUCCEEDED")], 1.5, Reused: false)),
        new DeploymentStatement(Noon, "dev", "deliver", 1, Digest.Of("entry")),
    ];

    private static ReleaseRecord Record()
    {
        var release = new Release("repo", "c0ffee", ImmutableSortedDictionary<string, Digest>.Empty.Add("train", Digest.Of("i")), ImmutableSortedDictionary<string, Digest>.Empty.Add("training", Digest.Of("p")));
        return new ReleaseRecord(release.Id, release.Repo, release.Commit, release.Components, release.Pipelines, [.. All.Select(Evidence.Of)]);
    }

    /// <summary>Their hashes are in registries and releases that exist: a change here breaks them.</summary>
    [Fact]
    public void Every_kind_has_the_text_and_hash_that_it_always_had() =>
        Golden.Matches(string.Concat(All.Select(statement => $"{Evidence.Of(statement).Id}\n{Encoding.UTF8.GetString(Evidence.Content(statement)).TrimEnd()}\n")), "statements.txt");

    [Fact]
    public void A_release_is_the_same_after_writing_and_reading()
    {
        var json = JsonSerializer.Serialize(Record(), RecordJson.Default.ReleaseRecord);
        var read = JsonSerializer.Deserialize(json, RecordJson.Default.ReleaseRecord)!;
        Assert.True(read.IsIntact);
        Assert.Equal(All.Select(statement => Evidence.Of(statement).Id), read.Evidence.Select(evidence => Evidence.Of(evidence.Statement).Id));
        Assert.Equal(json, JsonSerializer.Serialize(read, RecordJson.Default.ReleaseRecord));
    }

    [Theory]
    [InlineData("\"passed\": 3", "\"passed\": 4")]
    [InlineData("\"commit\": \"c0ffee\"", "\"commit\": \"c0ffef\"")]
    [InlineData("evaluate.accuracy\": 0.9", "evaluate.accuracy\": 0.99")]
    [InlineData("evaluate.accuracy", "evaluate.recall")]
    public void A_changed_release_or_statement_is_not_intact(string what, string by)
    {
        var json = JsonSerializer.Serialize(Record(), RecordJson.Default.ReleaseRecord);
        var changed = json.Replace(what, by, StringComparison.Ordinal);
        Assert.NotEqual(json, changed);
        Assert.False(JsonSerializer.Deserialize(changed, RecordJson.Default.ReleaseRecord)!.IsIntact);
    }

    [Fact]
    public void What_is_said_twice_is_kept_once_and_the_first_stays()
    {
        var record = Record();
        var later = Evidence.Of(new RunStatement(Noon.AddHours(1), "dev", ((RunStatement)All[6]).Run with { Reused = true, Seconds = 0 }));
        Assert.Equal(record.Evidence, record.With([later]).Evidence);
        Assert.Equal(record.Evidence.Length + 1, record.With([Evidence.Of(new TestsStatement(Noon, "dev", 4, 0, 0)), later]).Evidence.Length);
    }

    [Fact]
    public void The_last_one_said_counts_whatever_the_clocks_were()
    {
        var record = Record().With([Evidence.Of(new TestsStatement(Noon.AddHours(-5), "dev", 2, 1, 0))]);
        Assert.Equal(1, record.Last<TestsStatement>()!.Failed);
    }
}

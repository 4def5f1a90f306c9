using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlOps.Core.Images;
using MlOps.Core.Releases;
using MlOps.Google;
using MlOps.Steps;
using MlOps.Steps.Ledger;
using MlOps.Steps.Project;
using MlOps.Steps.Promotion.Gates;
using MlOps.Steps.Releases;
using MlOps.Testing;

namespace MlOps.Bench;

/// <summary>Three environments with 1,000 releases and ledgers of 10,000 entries in all, in the local cloud that runs.</summary>
internal sealed class StatusRows : IDisposable
{
    private const int Releases = 1_000;
    private static readonly (string Environment, int Entries)[] Ledgers = [("dev", 4_000), ("staging", 3_000), ("prod", 3_000)];
    private readonly TemporaryFolder _repo = new();
    private readonly string _home;
    private readonly string _mlops;

    /// <param name="home">Of the cloud that runs.</param>
    public StatusRows(string mlops, string home)
    {
        (_mlops, _home) = (mlops, home);
        WriteRepo();
        FillAsync(CopyRows.Endpoint(home)).GetAwaiter().GetResult();
    }

    public IEnumerable<WholeProcess.Row> Rows()
    {
        yield return new("`mlops status` over 1,000 releases and 10,000 ledger entries", "≤ 500 ms", 9, () => Run("status"));
        yield return new("`mlops ledger` of the same, every entry checked", "", 5, () => Run("ledger", "--limit", "20"));
        yield return new("`mlops release list` of the same", "", 5, () => Run("release", "list"));
    }

    public void Dispose() => _repo.Dispose();

    private TimeSpan Run(params string[] arguments) => Timing.Of(_repo.Path, new Dictionary<string, string> { ["MLOPS_HOME"] = _home, ["MLOPS_CLOUD"] = "local" }, _mlops, arguments);

    private void WriteRepo()
    {
        var yaml = new StringBuilder("name: many\nenvironments:\n");
        var from = "";
        foreach (var (name, _) in Ledgers)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"  {name}:\n    project: many-{name}\n    region: us-central1\n    images: us-central1-docker.pkg.dev/many/ml\n    pipelines: https://us-central1-kfp.pkg.dev/many/pipelines\n    pipelineRoot: gs://many-{name}/root\n{from}");
            from = $"    promoteFrom: {name}\n";
        }

        _repo.Write("mlops.yaml", yaml.ToString());
    }

    private async Task FillAsync(GcpEndpoint endpoint)
    {
        var project = ProjectFileReader.Read(_repo.Path);
        var records = Enumerable.Range(0, Releases).Select(Record).ToArray();
        foreach (var (name, entries) in Ledgers)
        {
            var place = new EnvironmentPlace(project.Environments[name], endpoint);
            var storage = place.Storage();
            await place.EnsureBucketAsync(storage, CancellationToken.None);
            await Parallel.ForEachAsync(records, async (record, cancel) =>
                await storage.UploadAsync(place.Bucket, $"mlops/releases/many/{record.Id.Hex}.json", JsonSerializer.SerializeToUtf8Bytes(record, RecordJson.Default.ReleaseRecord), cancel));
            LedgerEntry? last = null;
            for (var part = 0; part * LedgerStore.EntriesPerObject < entries; part++)
            {
                var text = new StringBuilder();
                for (var i = part * LedgerStore.EntriesPerObject; i < Math.Min(entries, (part + 1) * LedgerStore.EntriesPerObject); i++)
                {
                    (last, var line) = LedgerChain.After(last, Entry(name, records[i * Releases / entries], i));
                    text.Append(line).Append('\n');
                }

                await storage.UploadAsync(place.Bucket, $"mlops/ledger/many/{name}/{part + 1:000000}.jsonl", Encoding.UTF8.GetBytes(text.ToString()), CancellationToken.None);
            }
        }
    }

    private static DateTimeOffset Time(int number) => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(number);

    private static ReleaseRecord Record(int number)
    {
        var release = new Release(
            "many",
            Digest.Of($"commit {number}").Hex[..40],
            Enumerable.Range(0, 8).ToImmutableSortedDictionary(component => $"component-{component}", component => Digest.Of($"{component} {number}"), StringComparer.Ordinal),
            ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [KeyValuePair.Create("training", Digest.Of($"pipeline {number}"))]));
        Statement[] statements =
        [
            new SourceStatement(Time(number), "dev", "dev", null, "Ann <ann@example.com>", Time(number)),
            new TestsStatement(Time(number), "dev", 87, 0, 0),
            new LintStatement(Time(number), "dev", 0, 0),
            new RunStatement(Time(number), "dev", new RunReference("training", $"projects/many-dev/locations/us-central1/pipelineJobs/training-{number}", "SUCCEEDED", Auc(number)).ToRun()),
        ];
        return new ReleaseRecord(release.Id, release.Repo, release.Commit, release.Components, release.Pipelines, [.. statements.Select(Evidence.Of)]);
    }

    private static LedgerEntry Entry(string environment, ReleaseRecord release, int number) =>
        new(Time(number), environment, environment == "dev" ? LedgerAction.Deliver : LedgerAction.Promote, environment == "dev" || number % 2 == 1 ? EntryState.Completed : EntryState.Started, "ann@example.com")
        {
            Release = release.Id,
            Commit = release.Commit,
            Gates = [GateResult.Passed("source", "in dev since 2026-01-01 00:00 UTC; training SUCCEEDED"), GateResult.Passed("tests", "87 passed"), GateResult.Passed("lint", "clean")],
            Pipelines = [new UploadedPipeline("training", $"https://us-central1-kfp.pkg.dev/many/pipelines/training/{Digest.Of($"p {number}")}", Digest.Of($"p {number}"), [release.Commit])],
            Runs = [new RunReference("training", $"projects/many-{environment}/locations/us-central1/pipelineJobs/training-{number}", "SUCCEEDED", Auc(number))],
            Settings = Digest.Of("settings"),
        };

    private static ImmutableSortedDictionary<string, JsonNode?> Auc(int number) =>
        ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [KeyValuePair.Create("evaluate.auc", (JsonNode?)(0.7 + (number % 100 / 1000.0)))]);
}

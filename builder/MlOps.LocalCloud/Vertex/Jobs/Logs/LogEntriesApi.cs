using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using MlOps.LocalCloud.Hosting;
using static MlOps.LocalCloud.Hosting.FilterField<MlOps.LocalCloud.Vertex.Jobs.Logs.JobLogLine>;

namespace MlOps.LocalCloud.Vertex.Jobs.Logs;

/// <param name="Trial">Empty where the job has none.</param>
internal sealed record JobLogLine(string Project, string Job, string Trial, string Replica, LogEntry Entry);

/// <summary>
/// Cloud Logging's <c>entries.list</c> as far as jobs' logs need it (`gcloud ai custom-jobs stream-logs`): a filter must name
/// the job, <c>resource.labels.job_id="ID"</c>.
/// </summary>
internal sealed partial class LogEntriesApi(VertexOptions options)
{
    /// <summary>Where calls of logging.googleapis.com arrive.</summary>
    public const string Route = "/logging/v2/entries:list";
    private const int LargestPage = 1000;
    private const string Example = """resource.type="ml_job" AND resource.labels.job_id="123" AND timestamp>"2026-01-31T00:00:00Z" """;

    public async Task AnswerAsync(HttpContext context)
    {
        try
        {
            var request = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) as JsonObject ?? [];
            context.Response.ContentType = "application/json; charset=UTF-8";
            await context.Response.WriteAsync(Answer(request).ToJsonString(), context.RequestAborted);
        }
        catch (RpcException refusal)
        {
            await GoogleError.WriteAsync(context, refusal.StatusCode, refusal.Status.Detail);
        }
        catch (JsonException error)
        {
            await GoogleError.WriteAsync(context, StatusCode.InvalidArgument, $"The body is not JSON: {error.Message}");
        }
    }

    private JsonObject Answer(JsonObject request)
    {
        var filter = request["filter"]?.ToString() ?? "";
        var page = Page.Of(request["pageSize"]?.GetValue<int>() ?? 0, request["pageToken"]?.ToString() ?? "", LargestPage);
        var matches = ListFilter<JobLogLine>.Parse(filter, Field, Example.TrimEnd());
        var projects = (request["resourceNames"] as JsonArray ?? []).Select(name => name?.ToString().Split('/')).Where(parts => parts is ["projects", _]).Select(parts => parts![1]);
        var lines = JobId().Match(filter) is { Success: true } job ? projects.SelectMany(project => Lines(project, job.Groups["id"].Value)).Where(matches) : [];
        var ordered = request["orderBy"]?.ToString() == "timestamp desc" ? lines.OrderByDescending(line => line.Entry.Time) : lines.OrderBy(line => line.Entry.Time);
        var found = ordered.Skip(page.Skip).Take(page.Size + 1).ToList();
        var answer = new JsonObject { ["entries"] = new JsonArray([.. found.Take(page.Size).Select(line => (JsonNode?)Told(line))]) };
        if (page.Next(found.Count) is { Length: > 0 } next)
        {
            answer["nextPageToken"] = next;
        }

        return answer;
    }

    private IEnumerable<JobLogLine> Lines(string project, string id)
    {
        var root = new DirectoryInfo(Path.Combine(options.StateFolder, "logs", "projects", project, "locations"));
        foreach (var job in root.Exists ? root.EnumerateDirectories().SelectMany(location => location.EnumerateDirectories()).Select(kind => Path.Combine(kind.FullName, id)).Where(Directory.Exists) : [])
        {
            foreach (var file in Directory.EnumerateFiles(job, $"*{EntryFile.Extension}", SearchOption.AllDirectories))
            {
                var trial = Path.GetRelativePath(job, Path.GetDirectoryName(file)!);
                foreach (var entry in EntryFile.Read(file))
                {
                    yield return new JobLogLine(project, id, trial == "." ? "" : trial, Path.GetFileNameWithoutExtension(file), entry);
                }
            }
        }
    }

    private static FilterField<JobLogLine>? Field(string name) => name switch
    {
        "resource.type" => Texts.One(_ => "ml_job"),
        "resource.labels.job_id" => Texts.One(line => line.Job),
        "resource.labels.task_name" => Texts.One(line => line.Replica),
        "labels.trial_id" => Texts.One(line => line.Trial),
        "severity" => Texts.One(Severity),
        "timestamp" => new Time(line => line.Entry.Time.ToTimestamp()),
        _ => null,
    };

    private static string Severity(JobLogLine line) => line.Entry.IsError ? "ERROR" : "INFO";

    private static JsonObject Told(JobLogLine line)
    {
        var told = new JsonObject
        {
            ["logName"] = $"projects/{line.Project}/logs/{line.Replica}",
            ["resource"] = new JsonObject { ["type"] = "ml_job", ["labels"] = new JsonObject { ["project_id"] = line.Project, ["job_id"] = line.Job, ["task_name"] = line.Replica } },
            ["timestamp"] = line.Entry.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture),
            ["insertId"] = line.Entry.Time.UtcTicks.ToString("D19", CultureInfo.InvariantCulture),
            ["severity"] = Severity(line),
            ["jsonPayload"] = new JsonObject { ["message"] = line.Entry.Text },
        };
        if (line.Trial.Length > 0)
        {
            told["labels"] = new JsonObject { ["trial_id"] = line.Trial };
        }

        return told;
    }

    [GeneratedRegex("""resource\.labels\.job_id\s*=\s*"?(?<id>[0-9]+)""")]
    private static partial Regex JobId();
}

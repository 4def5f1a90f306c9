using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Google.Cloud.CloudBuild.V1;
using static Google.Cloud.CloudBuild.V1.Build.Types;

namespace MlOps.Steps.Submit;

/// <summary>A build as users and machines read it.</summary>
public sealed partial record BuildOutcome(BuildMessage Build)
{
    public bool Succeeded => Build.Status == Status.Success;

    /// <summary>What went wrong, in the service's words; null for a build that has not failed.</summary>
    public string? Failure => Succeeded || !BuildStates.HasEnded(Build.Status) ? null
        : Build.FailureInfo is { Detail.Length: > 0 } info ? info.Detail
        : Build.StatusDetail is { Length: > 0 } detail ? detail : null;

    /// <summary>The step that the build failed by; null where it was none.</summary>
    public int? FailedStep
    {
        get
        {
            var named = StepNumber().Match(Failure ?? "");
            if (named.Success && int.TryParse(named.Groups["number"].ValueSpan, out var number) && number < Build.Steps.Count)
            {
                return number;
            }

            var failed = Build.Steps.Index().FirstOrDefault(pair => pair.Item.Status is Status.Failure or Status.Timeout && !pair.Item.AllowFailure, (-1, null!)).Index;
            return Succeeded || failed < 0 ? null : failed;
        }
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["id"] = Build.Id,
            ["status"] = BuildStates.Name(Build.Status),
            ["logUrl"] = Build.LogUrl,
            ["createTime"] = Build.CreateTime?.ToDateTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture),
            ["seconds"] = Seconds(Build.StartTime is { } start && Build.FinishTime is { } end ? end.ToDateTimeOffset() - start.ToDateTimeOffset() : null),
            ["steps"] = new JsonArray([.. Build.Steps.Select(JsonNode? (step) => StepJson(step, BuildStates.Of(Build, step)))]),
            ["images"] = new JsonArray([.. (Build.Results?.Images ?? []).Select(JsonNode? (image) => new JsonObject { ["name"] = image.Name, ["digest"] = image.Digest })]),
        };
        if (Build.Results is { ArtifactManifest.Length: > 0 } results)
        {
            json["artifacts"] = new JsonObject { ["manifest"] = results.ArtifactManifest, ["count"] = results.NumArtifacts };
        }

        if (Failure is { } failure)
        {
            json["failure"] = failure;
        }

        return json;
    }

    private static JsonObject StepJson(BuildStep step, Status status)
    {
        var json = new JsonObject { ["id"] = step.Id, ["name"] = step.Name, ["status"] = BuildStates.Name(status), ["seconds"] = Seconds(BuildStates.Took(step.Timing)) };
        if (step.ExitCode != 0)
        {
            json["exitCode"] = step.ExitCode;
        }

        return json;
    }

    private static JsonNode? Seconds(System.TimeSpan? took) => took is { } time ? Math.Round(time.TotalSeconds, 3) : null;

    [GeneratedRegex(@"build step (?<number>[0-9]{1,4})\b", RegexOptions.ExplicitCapture)]
    private static partial Regex StepNumber();
}

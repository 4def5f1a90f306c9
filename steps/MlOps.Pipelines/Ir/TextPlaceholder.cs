using System.Text.RegularExpressions;

namespace MlOps.Pipelines.Ir;

/// <summary>A placeholder of KFP in text that a task is given: <c>{{$.inputs.parameters['x']}}</c>, <c>{{$.pipeline_job_name}}</c>.</summary>
/// <param name="Text">As written.</param>
/// <param name="Root">What follows <c>$.</c>.</param>
/// <param name="Name">Of inputs and outputs, which one; null of the others.</param>
internal sealed partial record TextPlaceholder(string Text, string Root, string? Name)
{
    private static readonly string[] OfTheRun =
    [
        "pipeline_job_name", "pipeline_job_resource_name", "pipeline_job_uuid", "pipeline_task_name", "pipeline_task_uuid", "pipeline_root",
        "pipeline_job_create_time_utc", "pipeline_job_schedule_time_utc", "pipeline_google_cloud_project_id", "pipeline_google_cloud_location",
        "pipeline_service_account", "pipeline_network", "pipeline_persistent_resource_id", "pipeline_encryption_key_name", "workspace_path",
    ];

    /// <summary>All that may follow <c>$.</c> (specs/pipelines.md, "Placeholders").</summary>
    public static IReadOnlyList<string> Roots { get; } = ["inputs", "outputs", "json_escape", .. OfTheRun];

    public static IEnumerable<TextPlaceholder> In(string text) => text.Contains("{{$.", StringComparison.Ordinal)
        ? Written().Matches(text).Select(match => new TextPlaceholder(match.Value, match.Groups["root"].Value, match.Groups["name"].Success ? match.Groups["name"].Value : null))
        : [];

    /// <summary>Why it stays as it is written; null where it is filled in.</summary>
    /// <param name="isGiven">Whether the task is given an input of this name: a text is filled in from the inputs beside it (specs/pipelines.md, "Executor input").</param>
    public string? Unfilled(Func<string, bool> isGiven) => Root switch
    {
        "inputs" when Name is { } name => isGiven(name) ? null : $"nothing fills in {Text}: it stands for an input '{name}' of this task, which is not given",
        "outputs" => $"nothing fills in {Text}: the task has no outputs before it ran",
        _ => Array.IndexOf(OfTheRun, Root) >= 0 || Root is "inputs" or "json_escape" ? null : $"nothing fills in {Text}",
    };

    [GeneratedRegex(@"\{\{\$\.(?<root>[A-Za-z_]+)(\.(parameters|artifacts)\[(?:'(?<name>[^']*)'|""(?<name>[^""]*)"")\])?[^{}]*\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Written();
}

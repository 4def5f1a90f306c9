using System.Collections.Immutable;

namespace MlOps.Steps.Project;

/// <summary>Every key of <c>mlops.yaml</c>, section by section; <c>docs/mlops.schema.json</c> has the same (a test compares them).</summary>
internal static class ProjectKeys
{
    public static readonly ImmutableArray<string> Top = ["name", "components", "pipelines", "test", "lint", "build", "repository", "triggers", "environments"];
    public static readonly ImmutableArray<string> Components = ["folder", "coerceCustomTypes", "settings"];
    public static readonly ImmutableArray<string> Component = ["dockerfile", "project", "test", "lint", "build"];
    public static readonly ImmutableArray<string> Test = ["command", "reports", "integration"];
    public static readonly ImmutableArray<string> ComponentTest = ["command", "reports"];
    public static readonly ImmutableArray<string> Lint = ["commands"];
    public static readonly ImmutableArray<string> Build = ["args", "secrets"];
    public static readonly ImmutableArray<string> Secret = ["env", "file"];
    public static readonly ImmutableArray<string> Pipeline = ["source", "compiler"];
    public static readonly ImmutableArray<string> Compiler = ["command"];
    public static readonly ImmutableArray<string> Place = ["project", "region", "images", "pipelines", "pipelineRoot"];

    public static readonly ImmutableArray<string> Environment =
        [.. Place, "serviceAccount", "trigger", "triggers", "run", "promoteFrom", "approval", "gates", "schedule", "deploy"];

    public static readonly ImmutableArray<string> Trigger =
        ["branch", "tag", "pullRequest", "invertRegex", "commentControl", "includedFiles", "ignoredFiles", "config", "name", "description", "substitutions", "serviceAccount", "disabled", "repository"];
    public static readonly ImmutableArray<string> Run = ["pipeline", "parameters", "timeout", "caching", "failurePolicy", "parallel"];
    public static readonly ImmutableArray<string> Schedule = ["cron", "pipeline", "parameters"];
    public static readonly ImmutableArray<string> Deploy = ["endpoint", "canary", "judge"];
    public static readonly ImmutableArray<string> Gates = ["source", "tests", "lint", "soak", "metrics", "freeze", "approvers", "skippable"];
    public static readonly ImmutableArray<string> Metric = ["atLeast", "atMost", "better", "worseBy"];
    public static readonly ImmutableArray<string> Freeze = ["from", "until", "days", "timeZone", "why"];

    /// <summary>The gates, in the order in which they are reported; a policy names those that people may skip.</summary>
    public static readonly ImmutableArray<string> SkippableGates = ["source", "tests", "lint", "metrics", "approval", "soak", "freeze", "hold"];
}

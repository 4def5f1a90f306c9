using System.Text.Json.Nodes;
using MlOps.Core.Files;
using MlOps.Core.Problems;
using MlOps.Pipelines.Components;

namespace MlOps.Pipelines.Ir.Checking;

/// <summary>
/// What a PipelineJob says around its pipeline. Its values stand under <c>parameterValues</c>, or under <c>parameters</c> for
/// schema 2.0.0 (specs/vertex.md, "Runtime config"). A value may still be given when the job is submitted, so one that is
/// missing is a warning.
/// </summary>
internal sealed class JobCheck(JsonObject job, JsonObject spec, Report report)
{
    private static readonly JsonPath At = JsonPath.Top["runtimeConfig"];
    private static readonly string[] Policies = ["PIPELINE_FAILURE_POLICY_UNSPECIFIED", "PIPELINE_FAILURE_POLICY_FAIL_SLOW", "PIPELINE_FAILURE_POLICY_FAIL_FAST"];

    public void Run()
    {
        new ShapeCheck(report).Run(job, "PipelineJob", JsonPath.Top);
        var config = job.Map("runtimeConfig") ?? [];
        var isOld = spec.Text("schemaVersion")?.StartsWith("2.0.", StringComparison.Ordinal) == true;
        CheckPlace(config, isOld);
        CheckValues(config, isOld ? "parameters" : "parameterValues", isOld);
        CheckPlaces(config);
    }

    private void CheckPlace(JsonObject config, bool isOld)
    {
        var (right, wrong) = isOld ? ("parameters", "parameterValues") : ("parameterValues", "parameters");
        if (config.Map(wrong) is { Count: > 0 })
        {
            report.Error("wrong-values-key", $"runtimeConfig.{wrong} is not for schema {spec.Text("schemaVersion") ?? "2.1"}: write {(isOld ? "parameters: {NAME: {stringValue: …}}" : "parameterValues: {NAME: VALUE}")} under '{right}'.", At[wrong]);
        }
    }

    private void CheckValues(JsonObject config, string key, bool isOld)
    {
        var given = config.Map(key) ?? [];
        var inputs = PipelineInputs.Of(spec);
        var declared = inputs.Where(input => !input.Type.IsArtifact).ToDictionary(input => input.Name, StringComparer.Ordinal);
        foreach (var (name, value) in given)
        {
            if (!declared.TryGetValue(name, out var input))
            {
                report.Error("unknown-parameter", $"The pipeline has no parameter '{name}'.{Suggestion.For(name, declared.Keys)}", At[key][name]);
            }
            else if (!isOld && input.Type != DataType.Double && IrNumber.Inexact(value) is { } inexact)
            {
                report.Error("wrong-type", $"The parameter '{name}' is given {inexact}, beyond ±(2^53−1), which Vertex cannot hold exactly. Pass it as a string.", At[key][name]);
            }
            else if (isOld ? !IsTyped(value) : value is not null && !PipelineInputs.Fits(value, input.Type))
            {
                report.Error("wrong-type", $"The parameter '{name}' is {input.Type}; it is given {value?.Readable() ?? "null"}{(isOld ? ", where {stringValue: …}, {intValue: …} or {doubleValue: …} is expected" : "")}.", At[key][name]);
            }
        }

        foreach (var input in inputs.Where(input => !input.IsOptional && (input.Type.IsArtifact ? config.Map("inputArtifacts") : given)?.ContainsKey(input.Name) != true))
        {
            report.Warning("missing-value", $"The pipeline needs {(input.Type.IsArtifact ? "the artifact" : "the parameter")} '{input.Name}' ({input.Type}), which has no default: give it here under runtimeConfig.{(input.Type.IsArtifact ? "inputArtifacts" : key)}, or when the job is submitted.", At[input.Type.IsArtifact ? "inputArtifacts" : key]);
        }
    }

    private static bool IsTyped(JsonNode? value) => value is JsonObject { Count: 1 } typed && typed.First().Key is "stringValue" or "intValue" or "doubleValue";

    private void CheckPlaces(JsonObject config)
    {
        if (config.Text("gcsOutputDirectory") is { Length: > 0 } root && !root.StartsWith("gs://", StringComparison.Ordinal))
        {
            report.Warning("bad-pipeline-root", $"runtimeConfig.gcsOutputDirectory is '{root}'; expected gs://BUCKET/FOLDER, here or when the job is submitted.", At["gcsOutputDirectory"]);
        }

        if (config.Text("failurePolicy") is { } policy && Array.IndexOf(Policies, policy) < 0)
        {
            report.Error("unknown-policy", $"There is no failure policy '{policy}'.{Suggestion.For(policy, Policies)}", At["failurePolicy"]);
        }

        var declared = PipelineInputs.Of(spec).Where(input => input.Type.IsArtifact).Select(input => input.Name).ToArray();
        foreach (var (name, _) in (config.Map("inputArtifacts") ?? []).Where(pair => Array.IndexOf(declared, pair.Key) < 0))
        {
            report.Error("unknown-artifact", $"The pipeline takes no artifact '{name}'.{Suggestion.For(name, declared)}", At["inputArtifacts"][name]);
        }
    }
}

using System.Collections.Immutable;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;

namespace MlOps.LocalCloud.Vertex.Pipelines.GoogleComponents;

/// <summary>
/// A task made of a Google Cloud Pipeline Component: its container runs a launcher,
/// <c>python3 -u -m google_cloud_pipeline_components.container.MODULE</c>, whose whole effect is a call of Google's API.
/// </summary>
/// <param name="Module">Such as <c>v1.custom_job.launcher</c>.</param>
/// <param name="Arguments">By name, without the dashes, resolved.</param>
internal sealed record Launcher(string Module, ImmutableDictionary<string, string> Arguments)
{
    private const string Prefix = "google_cloud_pipeline_components.container.";

    /// <summary>What <see cref="GoogleTask"/> runs as a job, or tells the request of; everything else runs as the container that it is.</summary>
    private static readonly ImmutableArray<string> Known = ["custom_job.", "hyperparameter_tuning_job.", "batch_prediction_job.", "bigquery.", "dataflow.", "dataproc.", "endpoint.", "model.", "automl_training_job.", "infra_validation_job.", "wait_gcp_resources."];

    /// <summary>The module of a container that is known here; null for others.</summary>
    public static string? ModuleOf(Executor executor)
    {
        if (executor is not Executor.Container { Command: var command })
        {
            return null;
        }

        var module = command.Zip(command.Skip(1)).FirstOrDefault(pair => pair.First == "-m" && pair.Second.StartsWith(Prefix, StringComparison.Ordinal)).Second?[Prefix.Length..];
        var dot = module?.IndexOf('.', StringComparison.Ordinal) ?? -1;
        return dot > 0 && module![..dot] is "v1" or "preview" && Known.Any(known => module![(dot + 1)..].StartsWith(known, StringComparison.Ordinal)) ? module : null;
    }

    /// <summary>
    /// The arguments of a task. Their expressions are filled in twice: the values of inputs hold expressions themselves
    /// (defaults such as <c>{{$.pipeline_google_cloud_location}}</c>, the worker pools that <c>create_custom_training_job_from_component</c> makes).
    /// </summary>
    /// <exception cref="TaskFaultException">An argument has no value.</exception>
    public static Launcher Of(string module, Executor.Container executor, TaskPlaceholders placeholders)
    {
        var arguments = new ContainerArguments(placeholders);
        var texts = arguments.Expand(executor.Args).Select(arguments.Text).ToImmutableArray();
        var named = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        for (var at = 0; at < texts.Length; at++)
        {
            if (!texts[at].StartsWith("--", StringComparison.Ordinal))
            {
                continue;
            }

            var equals = texts[at].IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? texts[at][2..] : texts[at][2..equals];
            named[name] = equals >= 0 ? texts[at][(equals + 1)..] : at + 1 < texts.Length ? texts[++at] : "";
        }

        return new Launcher(module, named.ToImmutable());
    }

    public string this[string name] => Arguments.GetValueOrDefault(name, "");

    /// <exception cref="TaskFaultException">There is none.</exception>
    public string Required(string name) => this[name] is { Length: > 0 } value ? value : throw new TaskFaultException($"The launcher {Module} needs --{name}.");
}

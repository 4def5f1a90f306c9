using System.Collections.Immutable;
using Google.Cloud.AIPlatform.V1;
using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Vertex.Running;

namespace MlOps.LocalCloud.Vertex.Jobs.Batch;

/// <summary>A model's container as Vertex AI starts it for prediction (vertex-ai/docs/predictions, "Custom container requirements").</summary>
/// <param name="Label">In the name of the output folder: the model's display name.</param>
/// <param name="ArtifactUri">Empty where the model has none.</param>
internal sealed record ServedModel(string Label, string ArtifactUri, ModelContainerSpec Container)
{
    private const int DefaultPort = 8080;

    public int Port => Container.Ports.Count > 0 ? Container.Ports[0].ContainerPort : DefaultPort;

    /// <param name="job"><c>projects/P/locations/L/batchPredictionJobs/ID</c>: the job stands where an endpoint would.</param>
    public string HealthRoute(string job) => Route(Container.HealthRoute, $"/v1/endpoints/{JobKinds.Id(job)}/deployedModels/{JobKinds.Id(job)}");

    /// <inheritdoc cref="HealthRoute"/>
    public string PredictRoute(string job) => Route(Container.PredictRoute, $"/v1/endpoints/{JobKinds.Id(job)}/deployedModels/{JobKinds.Id(job)}:predict");

    public ImmutableDictionary<string, string> Environment(string job)
    {
        var variables = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        variables["AIP_HTTP_PORT"] = Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        variables["AIP_HEALTH_ROUTE"] = HealthRoute(job);
        variables["AIP_PREDICT_ROUTE"] = PredictRoute(job);
        variables["AIP_STORAGE_URI"] = ArtifactUri;
        variables["AIP_PROJECT_NUMBER"] = ProjectNumber.Of(job.Split('/')[1]);
        variables["AIP_MODE"] = "PREDICTION";
        variables["AIP_MODE_VERSION"] = "1.0.0";
        variables["AIP_FRAMEWORK"] = "CUSTOM_CONTAINER";
        variables["AIP_ENDPOINT_ID"] = variables["AIP_DEPLOYED_MODEL_ID"] = variables["AIP_MODEL_NAME"] = variables["AIP_VERSION_NAME"] = JobKinds.Id(job);
        foreach (var variable in Container.Env)
        {
            variables[variable.Name] = VariableReferences.Expand(variable.Value, variables);
        }

        return variables.ToImmutable();
    }

    private static string Route(string given, string otherwise) => given.Length == 0 ? otherwise : given[0] == '/' ? given : $"/{given}";
}

using System.Text.RegularExpressions;
using Google.Cloud.AIPlatform.V1;
using MlOps.Core.Images;
using MlOps.Google.Storage;
using MlOps.LocalCloud.Vertex.Jobs.Work;

namespace MlOps.LocalCloud.Vertex.Jobs.Custom;

/// <summary>What Vertex AI refuses in a CustomJobSpec, and what cannot be run here; all of it at once.</summary>
internal static partial class CustomJobCheck
{
    private const int MostPools = 4, MostVariables = 100;

    /// <param name="path">Of the spec in the request: <c>jobSpec</c>, <c>trialJobSpec</c>.</param>
    public static IEnumerable<string> Problems(string path, CustomJobSpec? spec)
    {
        if (spec is null || spec.WorkerPoolSpecs.Count == 0 || WorkRequest.IsSkipped(spec.WorkerPoolSpecs[0]))
        {
            return [$"{path}.workerPoolSpecs[0] is missing: a pool with containerSpec or pythonPackageSpec."];
        }

        var problems = spec.WorkerPoolSpecs.Index().Where(pool => !WorkRequest.IsSkipped(pool.Item)).SelectMany(pool => Pool($"{path}.workerPoolSpecs[{pool.Index}]", pool.Item)).ToList();
        if (spec.WorkerPoolSpecs.Count > MostPools)
        {
            problems.Add($"{path}.workerPoolSpecs has {spec.WorkerPoolSpecs.Count} pools; at most {MostPools} are allowed (primary, workers, parameter servers, evaluators).");
        }

        if (spec.WorkerPoolSpecs[0].ReplicaCount > 1)
        {
            problems.Add($"{path}.workerPoolSpecs[0].replicaCount is {spec.WorkerPoolSpecs[0].ReplicaCount}; the first pool is the primary replica alone: 1. Put the others into workerPoolSpecs[1].");
        }

        if (spec.BaseOutputDirectory?.OutputUriPrefix is { Length: > 0 } output && !IsUri(output))
        {
            problems.Add($"{path}.baseOutputDirectory.outputUriPrefix '{output}' is not of the form gs://BUCKET/FOLDER.");
        }

        if (spec.Scheduling?.Timeout is { } timeout && timeout.Seconds < 0)
        {
            problems.Add($"{path}.scheduling.timeout is negative.");
        }

        return problems;
    }

    private static IEnumerable<string> Pool(string path, WorkerPoolSpec pool)
    {
        if (pool.ReplicaCount < 0)
        {
            yield return $"{path}.replicaCount is {pool.ReplicaCount}.";
        }

        if (pool.MachineSpec is not { MachineType.Length: > 0 })
        {
            yield return $"{path}.machineSpec.machineType is missing, such as n1-standard-4 (Vertex AI needs it; here it changes nothing).";
        }

        if (pool.NfsMounts.Count + pool.LustreMounts.Count > 0)
        {
            yield return $"{path}: the local cloud mounts no NFS and no Lustre; use Cloud Storage (/gcs/BUCKET/…).";
        }

        foreach (var problem in pool.TaskCase == WorkerPoolSpec.TaskOneofCase.ContainerSpec ? Container($"{path}.containerSpec", pool.ContainerSpec) : Python($"{path}.pythonPackageSpec", pool.PythonPackageSpec))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> Container(string path, ContainerSpec container) => [.. Image($"{path}.imageUri", container.ImageUri), .. Variables(path, container.Env)];

    private static IEnumerable<string> Python(string path, PythonPackageSpec python)
    {
        foreach (var problem in Image($"{path}.executorImageUri", python.ExecutorImageUri).Concat(Variables(path, python.Env)))
        {
            yield return problem;
        }

        if (!Module().IsMatch(python.PythonModule))
        {
            yield return $"{path}.pythonModule '{python.PythonModule}' is not a module's name, such as trainer.task.";
        }

        if (python.PackageUris.Count == 0)
        {
            yield return $"{path}.packageUris is missing: gs://BUCKET/PACKAGE.tar.gz, a source distribution or a wheel.";
        }

        foreach (var uri in python.PackageUris.Where(uri => !IsUri(uri) || uri.Contains('\'', StringComparison.Ordinal)))
        {
            yield return $"{path}.packageUris: '{uri}' is not of the form gs://BUCKET/NAME.";
        }
    }

    private static IEnumerable<string> Image(string path, string image) => image.Length == 0
        ? [$"{path} is missing."]
        : ImageReference.TryParse(image, out _) ? [] : [$"{path} '{image}' is not an image's name."];

    private static IEnumerable<string> Variables(string path, IReadOnlyCollection<EnvVar> variables)
    {
        if (variables.Count > MostVariables)
        {
            yield return $"{path}.env has {variables.Count} variables; at most {MostVariables} are allowed.";
        }

        foreach (var variable in variables.Where(variable => !Variable().IsMatch(variable.Name)))
        {
            yield return $"{path}.env: '{variable.Name}' is not a variable's name.";
        }
    }

    private static bool IsUri(string text) => GcsUri.TryParse(text, out var uri) && !uri.Name.Split('/').Contains("..", StringComparer.Ordinal);

    [GeneratedRegex(@"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$")]
    private static partial Regex Module();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex Variable();
}

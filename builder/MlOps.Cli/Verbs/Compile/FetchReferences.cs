using System.Collections.Immutable;
using MlOps.Cli.Sessions;
using MlOps.Core.Problems;
using MlOps.Google;
using MlOps.LocalCloud.Hosting;
using MlOps.Pipelines.Definitions;
using MlOps.Steps.References;

namespace MlOps.Cli.Verbs.Compile;

/// <summary>Brings what definitions that are given as files refer to (<c>component: https://…</c>). Artifact Registry is that of the environment.</summary>
internal static class FetchReferences
{
    public static async Task<ImmutableDictionary<string, string?>> RunAsync(VerbContext verb, FileInfo[] files, ICollection<Problem> problems, CancellationToken cancel)
    {
        var references = files.Where(file => file.Exists).SelectMany(file => References.In(file.FullName)).DistinctBy(reference => reference.Text).ToList();
        var folder = Path.Combine(Path.GetDirectoryName(LocalCloudOptions.DefaultStateFolder)!, "references");
        if (!references.Exists(reference => reference.Text.Contains("-kfp.pkg.dev", StringComparison.Ordinal)))
        {
            return await new ReferenceFetch(GcpEndpoint.Google, folder).FetchAsync(references, problems, cancel);
        }

        await using var cloud = await CloudAccess.OpenAsync(DeliverySession.EnvironmentOf(verb), verb.Time, cancel);
        return await new ReferenceFetch(cloud.Endpoint, folder).FetchAsync(references, problems, cancel);
    }
}

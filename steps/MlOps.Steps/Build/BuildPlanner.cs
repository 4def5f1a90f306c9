using System.Collections.Concurrent;
using System.Collections.Immutable;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Google.Registry;
using MlOps.Steps.Project;

namespace MlOps.Steps.Build;

/// <summary>What is known about a component's image before anything is built.</summary>
/// <param name="Image">Google's name, tagged with the commit.</param>
/// <param name="Found">What the registry has under the fingerprint; null if nothing.</param>
/// <param name="Bases">Identities of the images from outside.</param>
public sealed record PlannedImage(ComponentInputs Inputs, string Fingerprint, ImageReference Image, Digest? Found, ImmutableArray<BaseIdentity> Bases)
{
    public string Name => Inputs.Component.Name;
}

/// <summary>Finds out what must be built: reads inputs, takes fingerprints, asks the registry. Changes nothing, pulls nothing, needs no engine.</summary>
public static class BuildPlanner
{
    private const int AtOnce = 16;

    /// <summary>For <c>mlops ci --plan</c>.</summary>
    /// <param name="source">May still be read: it is only needed at the end.</param>
    public static async Task<BuildPlan> PlanAsync(DeliveryContext context, Task<SourceRevision> source, CancellationToken cancel)
    {
        var images = await ImagesAsync(context, source, cancel);
        return BuildPlan.Of(context.Project, await source, images.ToDictionary(image => image.Name, StringComparer.Ordinal));
    }

    /// <summary>The images that this repo builds, each after those that it is based on.</summary>
    /// <exception cref="InvalidInputException">All that is wrong with Dockerfiles and projects.</exception>
    public static async Task<ImmutableArray<PlannedImage>> ImagesAsync(DeliveryContext context, Task<SourceRevision> source, CancellationToken cancel)
    {
        var ordered = BuildOrder.Of(ReadInputs(context.Project, cancel));
        var identities = BaseIdentities.ResolveAsync(context.Endpoint, ordered.SelectMany(inputs => inputs.Bases), cancel);
        var contents = Contents(ordered, cancel);
        var bases = await identities;
        var fingerprints = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var inputs in ordered)
        {
            fingerprints[inputs.Component.Name] = Fingerprint.Of(inputs, contents[inputs.Component.Name], name => bases[name].ToString(), name => fingerprints[name]);
        }

        var found = await FindAsync(context, fingerprints, cancel);
        var tag = (await source).ImageTag;
        return [.. ordered.Select(inputs => new PlannedImage(
            inputs,
            fingerprints[inputs.Component.Name],
            ComponentImage.Of(context.Environment, inputs.Component.Name).WithTag(tag),
            found[inputs.Component.Name],
            [.. inputs.Bases.Select(name => bases[name])]))];
    }

    private static List<ComponentInputs> ReadInputs(ProjectFile project, CancellationToken cancel)
    {
        var inputs = new ConcurrentBag<ComponentInputs>();
        ForAll(project.Components.Where(component => component.IsBuilt), cancel, (component, problems) =>
        {
            if (ComponentInputs.Read(project, component, problems) is { } read)
            {
                inputs.Add(read);
            }
        });
        return [.. inputs];
    }

    private static ConcurrentDictionary<string, ImmutableArray<byte>> Contents(ImmutableArray<ComponentInputs> all, CancellationToken cancel)
    {
        var contents = new ConcurrentDictionary<string, ImmutableArray<byte>>(StringComparer.Ordinal);
        ForAll(all, cancel, (inputs, _) => contents[inputs.Component.Name] = Fingerprint.OfContent(inputs));
        return contents;
    }

    /// <summary>Side by side; the problems of all of them are told at once.</summary>
    private static void ForAll<T>(IEnumerable<T> all, CancellationToken cancel, Action<T, ICollection<Problem>> read)
    {
        var found = new ConcurrentBag<Problem>();
        Parallel.ForEach(all, new ParallelOptions { CancellationToken = cancel }, one =>
        {
            var problems = new List<Problem>();
            try
            {
                read(one, problems);
            }
            catch (InvalidInputException error)
            {
                problems.AddRange(error.Problems);
            }

            problems.ForEach(found.Add);
        });
        if (found.Any(problem => problem.Severity == Severity.Error))
        {
            throw new InvalidInputException(found.OrderBy(problem => problem.File, StringComparer.Ordinal).ThenBy(problem => problem.Line));
        }
    }

    private static async Task<ConcurrentDictionary<string, Digest?>> FindAsync(DeliveryContext context, Dictionary<string, string> fingerprints, CancellationToken cancel)
    {
        var registry = new RegistryClient(context.Endpoint);
        var found = new ConcurrentDictionary<string, Digest?>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(fingerprints, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (pair, token) =>
        {
            var image = ComponentImage.Of(context.Environment, pair.Key).WithTag(ComponentImage.InputsTag(pair.Value));
            found[pair.Key] = (await registry.HeadManifestAsync(image, token))?.Digest;
        });
        return found;
    }
}

using System.Collections.Immutable;
using MlOps.Containers;
using MlOps.Containers.Build;
using MlOps.Containers.Dockerfiles;
using MlOps.Containers.Running;
using MlOps.Core.Problems;
using MlOps.Steps.Build;
using MlOps.Steps.Project;

namespace MlOps.Steps.Dockerfiles;

/// <summary>
/// Builds a stage of a component's Dockerfile (<c>test</c>, <c>lint</c>) and runs it as the stage itself says (CMD, ENTRYPOINT), in a
/// fresh container of the network's default.
/// </summary>
/// <param name="dockerfiles">Without a circle.</param>
internal sealed class StageRunner(ContainerEngine engine, ComponentDockerfiles dockerfiles) : IDisposable
{
    private readonly ImageBuilder _builder = new(engine);
    private readonly Dictionary<string, Task<string>> _others = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <param name="outside">Folders of the container that are copied out when it has ended: <c>/reports</c>.</param>
    /// <param name="building">Hears the builder.</param>
    /// <param name="running">Hears what runs.</param>
    /// <exception cref="StepFailedException">The stage cannot be built.</exception>
    public async Task<ContainerExit> RunAsync(
        Component component, string stage, ImmutableArray<CopyIn> inside, ImmutableArray<CopyOut> outside, Action<string> building, Action<string> running, CancellationToken cancel)
    {
        var name = Name(component, stage, engine.Version.HasBuildKit ? Guid.NewGuid().ToString("N")[..12] : "latest");
        await BuildAsync(component, stage, name, building, cancel);
        try
        {
            var spec = new ContainerSpec(name)
            {
                Environment = outside.Length == 0 ? [] : ImmutableDictionary<string, string>.Empty.Add("MLOPS_REPORTS", outside[0].Source),
                Labels = ImmutableDictionary<string, string>.Empty.Add("mlops.step", stage),
            };
            return await new ContainerRun(spec) { In = inside, Out = outside, OnLine = line => running(line.Text) }.RunAsync(engine, cancel);
        }
        finally
        {
            if (engine.Version.HasBuildKit)
            {
                // BuildKit's cache does not need the image; the classic builder's cache is the image. Only our own name goes: the same
                // image may have others.
                await engine.Images.RemoveAsync(name, CancellationToken.None);
            }
        }
    }

    public void Dispose() => _builder.Dispose();

    private string Name(Component component, string stage, string tag) => $"mlops-stage/{dockerfiles.Project.Name}-{component.Name}-{stage}:{tag}";

    private async Task BuildAsync(Component component, string? stage, string name, Action<string> line, CancellationToken cancel)
    {
        var dockerfile = dockerfiles.Files[component.Name];
        var declared = dockerfile.Arguments.Select(argument => argument.Name).ToHashSet(StringComparer.Ordinal);
        var build = new ImageBuild(component.Folder, component.Dockerfile!)
        {
            Target = stage is null ? null : dockerfile.Stage(stage)?.Name,
            Arguments = component.Build.Args.RemoveRange(component.Build.Args.Keys.Where(name => !declared.Contains(name))).SetItems(await ImagesAsync(component, stage, line, cancel)),
            Tags = [name],
            Secrets = dockerfile.StagesFor(stage).Any(one => one.UsesSecrets) ? BuildSecrets.Read(component.Build) : ImmutableSortedDictionary<string, ImmutableArray<byte>>.Empty,
        };
        await _builder.BuildAsync(build, line, cancel);
    }

    /// <summary>
    /// The images of other components that the stage stands on, built for it (the builder has them in its cache when their turn comes).
    /// A FROM may not be empty even in a stage that is not built: the others get a name that is always there.
    /// </summary>
    private async Task<Dictionary<string, string>> ImagesAsync(Component component, string? stage, Action<string> line, CancellationToken cancel)
    {
        var used = Stages(dockerfiles.Files[component.Name], stage)
            .SelectMany(Dockerfile.Sources)
            .SelectMany(source => Variables.Names(source.Name))
            .Select(name => name.Name)
            .ToHashSet(StringComparer.Ordinal);
        var images = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (other, spot) in dockerfiles.Others(component.Name))
        {
            images[other.ImageArgument] = !used.Contains(other.ImageArgument) ? "scratch"
                : other.Dockerfile is not null ? await OtherAsync(other, line, cancel)
                : throw new InvalidInputException("no-dockerfile", $"Stage '{stage}' stands on the image of '{other.Name}', which is not built from a Dockerfile and so is not there before the build step. Let the stage stand on another.", spot);
        }

        return images;
    }

    /// <summary>The classic builder builds every stage above the target, needed or not.</summary>
    private ImmutableArray<BuildStage> Stages(Dockerfile dockerfile, string? target) =>
        engine.Version.HasBuildKit || target is null || dockerfile.Stage(target) is not { } stage ? dockerfile.StagesFor(target) : dockerfile.Stages[..(stage.Index + 1)];

    private Task<string> OtherAsync(Component other, Action<string> line, CancellationToken cancel)
    {
        lock (_gate)
        {
            if (!_others.TryGetValue(other.Name, out var image))
            {
                _others[other.Name] = image = NamedAsync();
            }

            return image;
        }

        async Task<string> NamedAsync()
        {
            var name = Name(other, "image", "latest");
            await Task.Yield();
            await BuildAsync(other, null, name, line, cancel);
            return name;
        }
    }
}

using System.Collections.Immutable;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Google;
using MlOps.Steps.Commands;
using MlOps.Steps.Project;

namespace MlOps.Steps.Build;

/// <summary>
/// Publishes a .NET project as an image by the SDK's own container support, into an archive. It is done in a copy of the inputs under
/// <c>.mlops/dotnet/</c>: what is not in the fingerprint is not there, and projects that share others can be published side by side.
/// </summary>
internal static class DotnetPublish
{
    /// <exception cref="MachineLacksException">There is no SDK, or not the one that a global.json asks for.</exception>
    public static async Task RequireSdkAsync(Component component, CancellationToken cancel)
    {
        var remedy = "Install it (https://dot.net), in Cloud Build use the builder image's flavour mlops-builder:dotnet, or give the component a Dockerfile.";
        try
        {
            var version = await ShellCommand.RunAsync("dotnet", ["--version"], component.Folder, ImmutableDictionary<string, string>.Empty, _ => { }, cancel);
            if (version.ExitCode != 0)
            {
                throw new MachineLacksException($"The component {component.Name} has no Dockerfile: the .NET SDK publishes its project, and 'dotnet --version' finds none that fits (exit code {version.ExitCode}).", remedy);
            }
        }
        catch (MachineLacksException lacks) when (lacks.InnerException is not null)
        {
            throw new MachineLacksException($"The component {component.Name} has no Dockerfile: the .NET SDK publishes its project, and it is not on this machine.", remedy, lacks);
        }
    }

    /// <param name="baseImage">As the SDK, which asks a registry and never the engine, can pull it.</param>
    /// <returns>The archive's path.</returns>
    public static async Task<string> RunAsync(DeliveryContext context, ComponentInputs inputs, ImageReference baseImage, StepLog log, CancellationToken cancel)
    {
        var folder = context.Workspace.PathOf("dotnet", inputs.Component.Name);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        var source = Path.Combine(folder, "src");
        foreach (var file in inputs.Files)
        {
            Copy(file.FullPath, Path.Combine(source, file.Path));
        }

        var archive = Path.Combine(folder, "image.tar");
        var project = Path.Combine(source, Path.GetRelativePath(inputs.Root, inputs.Component.DotnetProject!));
        var result = await ShellCommand.RunAsync("dotnet", Arguments(project, source, archive, baseImage, inputs.Arguments), source, Environment(context.Endpoint, baseImage), log.Aloud, cancel);
        return result.ExitCode == 0 && File.Exists(archive)
            ? archive
            : throw new StepFailedException($"{inputs.Component.DotnetProject}: 'dotnet publish' ended with exit code {result.ExitCode}.", result.Tail);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        if (new FileInfo(from).LinkTarget is { } target)
        {
            File.CreateSymbolicLink(to, target);
        }
        else
        {
            File.Copy(from, to);
        }
    }

    // Nothing of the machine, the commit or the moment may get into the assemblies or the image (design.md, rule 13).
    private static IEnumerable<string> Arguments(string project, string source, string archive, ImageReference baseImage, ImmutableSortedDictionary<string, string> arguments) =>
    [
        "publish", project, "-t:PublishContainer", "-c", "Release", "-r", "linux-x64", "-v", "minimal", "--nologo", "-nodeReuse:false",
        "-p:UseSharedCompilation=false",
        $"-p:ContainerBaseImage={baseImage}",
        $"-p:ContainerArchiveOutputPath={archive}",
        "-p:ContainerRepository=image", "-p:ContainerImageTag=latest", "-p:ContainerGenerateLabels=false",
        "-p:Deterministic=true", "-p:EnableSourceControlManagerQueries=false", "-p:IncludeSourceRevisionInInformationalVersion=false",
        $"-p:PathMap={source.Replace(",", ",,", StringComparison.Ordinal).Replace("=", "==", StringComparison.Ordinal)}=/src",
        .. arguments.Select(pair => $"-p:{pair.Key}={pair.Value}"),
    ];

    private static Dictionary<string, string> Environment(GcpEndpoint endpoint, ImageReference baseImage) => new(StringComparer.Ordinal)
    {
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_NOLOGO"] = "1",
        ["MSBUILDTERMINALLOGGER"] = "off",
        // Only a local cloud's registry is plain HTTP.
        ["DOTNET_CONTAINER_INSECURE_REGISTRIES"] = baseImage.Host.StartsWith("127.0.0.1:", StringComparison.Ordinal) || endpoint.Storage is { Scheme: "http" } local && local.Authority == baseImage.Host ? baseImage.Host : "",
    };
}

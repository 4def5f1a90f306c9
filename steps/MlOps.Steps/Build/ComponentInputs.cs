using System.Collections.Immutable;
using System.Text;
using MlOps.Containers.Build;
using MlOps.Containers.Dockerfiles;
using MlOps.Core.Problems;
using MlOps.Steps.Project;

namespace MlOps.Steps.Build;

/// <summary>All that goes into a component's image, as far as the checkout says.</summary>
/// <param name="Root">The folder that the files' paths are relative to: the build context, or the repo for a .NET project.</param>
/// <param name="Recipe">The Dockerfile's bytes; null for a .NET project.</param>
/// <param name="Arguments">Build arguments that the Dockerfile declares and <c>mlops.yaml</c> gives.</param>
/// <param name="Bases">Images from outside of the repo, as the engine is asked for them.</param>
/// <param name="Components">Components whose images it is based on, by <c>ARG IMAGE_COMPONENT</c>.</param>
public sealed record ComponentInputs(
    Component Component,
    string Root,
    ImmutableArray<ContextFile> Files,
    ImmutableArray<byte>? Recipe,
    ImmutableSortedDictionary<string, string> Arguments,
    ImmutableArray<string> Bases,
    ImmutableArray<string> Components)
{
    /// <summary>Whether an instruction mounts a build secret. A repo's secrets are not read for images that need none.</summary>
    public bool UsesSecrets { get; init; }

    // What the builders take without a declaration (Dockerfile reference, "Predefined ARGs" and "BuildKit built-in build args").
    private static readonly ImmutableHashSet<string> Predefined = ImmutableHashSet.Create(
        StringComparer.OrdinalIgnoreCase, "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY");

    /// <summary>Reads the inputs of a component that this repo builds.</summary>
    /// <param name="problems">Receives what is wrong with the Dockerfile or the project.</param>
    public static ComponentInputs? Read(ProjectFile project, Component component, ICollection<Problem> problems) => component switch
    {
        { Dockerfile: { } dockerfile } => OfDockerfile(project, component, dockerfile, problems),
        { DotnetProject: { } file } => DotnetInputs.Read(project, component, file, problems),
        _ => null,
    };

    private static ComponentInputs? OfDockerfile(ProjectFile project, Component component, string path, ICollection<Problem> problems)
    {
        if (ReadFile(path, problems) is not { } bytes)
        {
            return null;
        }

        var dockerfile = DockerfileParser.Parse(path, Encoding.UTF8.GetString(bytes), problems);
        var declared = dockerfile.Arguments.Select(argument => argument.Name).ToHashSet(StringComparer.Ordinal);
        var based = declared.SelectMany(name => project.ByImageArgument[name]).Where(other => other.IsBuilt && other.Name != component.Name).OrderBy(other => other.Name, StringComparer.Ordinal).ToList();
        var arguments = component.Build.Args.Where(pair => declared.Contains(pair.Key) || Predefined.Contains(pair.Key) || pair.Key == ImageTime.Argument).ToImmutableSortedDictionary(StringComparer.Ordinal);
        return new ComponentInputs(
            component,
            component.Folder,
            BuildContext.Files(component.Folder, DockerIgnore.Of(component.Folder, path)),
            [.. bytes],
            arguments,
            Outside(dockerfile, arguments, based, problems),
            [.. based.Select(other => other.Name)])
        { UsesSecrets = dockerfile.Stages.Any(stage => stage.UsesSecrets) };
    }

    private static ImmutableArray<string> Outside(Dockerfile dockerfile, ImmutableSortedDictionary<string, string> given, IEnumerable<Component> others, ICollection<Problem> problems)
    {
        // A colon in front: no image has such a name.
        var values = given.SetItems(others.Select(other => KeyValuePair.Create(other.ImageArgument, ":" + other.Name)));
        var names = ImmutableArray.CreateBuilder<string>();
        foreach (var image in dockerfile.BaseImages(null, values).Where(image => !image.Name.StartsWith(':')))
        {
            if (Core.Images.ImageReference.TryParse(image.Name, out _))
            {
                names.Add(image.Name);
            }
            else
            {
                problems.Add(Problem.Error("bad-from", $"'{image.Written}' gives '{image.Name}', which is not an image's name. Give the argument a default (ARG NAME=…) or a value under build.args of mlops.yaml.", image.Spot));
            }
        }

        return names.ToImmutable();
    }

    internal static byte[]? ReadFile(string path, ICollection<Problem> problems)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            problems.Add(Problem.Error("unreadable-file", $"The file cannot be read ({error.Message.TrimEnd('.')}).", new SourceSpot(path)));
            return null;
        }
    }
}

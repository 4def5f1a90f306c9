using System.Text.Json;
using MlOps.Containers.Dockerfiles;
using MlOps.Core.Images;
using MlOps.Core.Problems;

namespace MlOps.Steps.Dockerfiles;

/// <summary>What a parsed Dockerfile gets wrong, or leaves to chance, among the repo's components.</summary>
public static class DockerfileChecks
{
    /// <param name="own">The component's own build argument, <c>IMAGE_TRAIN</c>.</param>
    /// <param name="components">The build arguments of all components that have an image.</param>
    /// <param name="given">Build arguments that <c>mlops.yaml</c> gives.</param>
    public static IEnumerable<Problem> Check(Dockerfile dockerfile, string own, IReadOnlyCollection<string> components, IReadOnlyDictionary<string, string> given) =>
        ImageArguments(dockerfile, own, components)
            .Concat(Bases(dockerfile, components, given))
            .Concat(StageNames(dockerfile))
            .Concat(Copies(dockerfile))
            .Concat(Commands(dockerfile));

    private static IEnumerable<Problem> ImageArguments(Dockerfile dockerfile, string own, IReadOnlyCollection<string> components)
    {
        foreach (var argument in dockerfile.Arguments.Where(argument => argument.Name.StartsWith("IMAGE_", StringComparison.Ordinal)).DistinctBy(argument => argument.Name))
        {
            if (argument.Name == own)
            {
                yield return Problem.Error("image-of-itself", $"ARG {argument.Name} is this component's own image: an image cannot be built from itself.", argument.Spot);
            }
            else if (!components.Contains(argument.Name) && argument.Default is null)
            {
                yield return Problem.Error("unknown-component", $"ARG {argument.Name} names no component's image.{Suggestion.For(argument.Name, components.Where(name => name != own))}", argument.Spot);
            }
        }
    }

    private static IEnumerable<Problem> Bases(Dockerfile dockerfile, IReadOnlyCollection<string> components, IReadOnlyDictionary<string, string> given)
    {
        var values = dockerfile.GlobalValues(given);
        foreach (var stage in dockerfile.Stages.Where(stage => dockerfile.FindStage(stage.From, stage.Index) is null))
        {
            var names = Variables.Names(stage.From).ToArray();
            if (names.Any(name => components.Contains(name.Name)))
            {
                continue;
            }

            var image = Variables.Expand(stage.From, values);
            if (names.FirstOrDefault(name => !name.HasDefault && string.IsNullOrEmpty(values(name.Name))) is { Name: { } unset })
            {
                yield return Problem.Error("unset-argument", $"FROM {stage.From}: {unset} has no value here. Declare it before the first FROM, ARG {unset}=…, or give it under build.args of mlops.yaml.", stage.Spot);
            }
            else if (image != "scratch" && !ImageReference.TryParse(image, out _))
            {
                yield return Problem.Error("bad-from", $"FROM {stage.From}: '{image}' is not an image's name.{LaterStage(dockerfile, stage, image)}", stage.Spot);
            }
            else if (image != "scratch" && Mutable(image) is { } why)
            {
                yield return Problem.Warning("mutable-base", $"FROM {stage.From}: {why}, so that the same commit may give another image tomorrow. Name a version.{LaterStage(dockerfile, stage, image)}", stage.Spot);
            }
        }
    }

    private static string? Mutable(string image)
    {
        var reference = ImageReference.Parse(image);
        return reference.IsPinned ? null : reference.Tag switch
        {
            null => "no tag means 'latest'",
            "latest" => "'latest' moves",
            _ => null,
        };
    }

    private static string LaterStage(Dockerfile dockerfile, BuildStage stage, string name) =>
        dockerfile.Stage(name) is { } later && later.Index > stage.Index ? $" (Stage '{name}' stands below, where FROM does not see it.)" : "";

    private static IEnumerable<Problem> StageNames(Dockerfile dockerfile) => dockerfile.Stages
        .Where(stage => stage.Name is not null && dockerfile.FindStage(stage.Name, stage.Index)?.Name is not null)
        .Select(stage => Problem.Warning("duplicate-stage", $"Stage '{stage.Name}' stands above already; the last one counts.", stage.Spot));

    private static IEnumerable<Problem> Copies(Dockerfile dockerfile)
    {
        foreach (var stage in dockerfile.Stages)
        {
            foreach (var instruction in stage.Instructions)
            {
                foreach (var name in instruction.Froms.Where(name => dockerfile.FindStage(name, stage.Index) is null))
                {
                    if (CheckCopy(dockerfile, stage, instruction, name) is { } problem)
                    {
                        yield return problem;
                    }
                }
            }
        }
    }

    private static Problem? CheckCopy(Dockerfile dockerfile, BuildStage stage, Instruction instruction, string name)
    {
        var above = dockerfile.Stages.Take(stage.Index).Select(earlier => earlier.Name).OfType<string>().ToArray();
        var suggestion = Suggestion.For(name, above);
        var isStage = int.TryParse(name, out _) || dockerfile.Stage(name) is not null || suggestion.StartsWith(" Did", StringComparison.Ordinal);
        if (isStage && !name.Contains(':', StringComparison.Ordinal) && !name.Contains('/', StringComparison.Ordinal))
        {
            return Problem.Error("unknown-stage", $"{instruction.Keyword} takes from '{name}', which is no stage above.{suggestion}", instruction.Spot);
        }

        if (!ImageReference.TryParse(name, out _))
        {
            return Problem.Error("unknown-stage", $"{instruction.Keyword} takes from '{name}', which is neither a stage above nor an image's name.{suggestion}", instruction.Spot);
        }

        return Mutable(name) is { } why ? Problem.Warning("mutable-base", $"{instruction.Keyword} takes from '{name}', which is no stage above and so is read as an image: {why}.", instruction.Spot) : null;
    }

    private static IEnumerable<Problem> Commands(Dockerfile dockerfile) => dockerfile.Stages
        .SelectMany(stage => stage.Instructions)
        .Where(instruction => instruction.Keyword is "CMD" or "ENTRYPOINT" or "SHELL" && instruction.Text.StartsWith('[') && !IsStringList(instruction.Text))
        .Select(instruction => Problem.Warning("not-json", $"{instruction.Keyword} {instruction.Text}: this is not a JSON list of strings, so the shell gets it whole. Put each word in double quotes.", instruction.Spot));

    private static bool IsStringList(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Array && document.RootElement.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

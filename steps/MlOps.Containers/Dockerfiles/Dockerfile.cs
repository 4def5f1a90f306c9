using System.Collections.Immutable;
using MlOps.Core.Problems;

namespace MlOps.Containers.Dockerfiles;

/// <summary>A Dockerfile as BuildKit and the classic builder read it: arguments before the first FROM, then stages.</summary>
/// <param name="File">As problems name it.</param>
/// <param name="Syntax">The <c># syntax=</c> line's image, which needs a frontend that the engine may be unable to fetch; or null.</param>
/// <param name="Arguments">Every ARG of the file, those within stages included.</param>
public sealed record Dockerfile(string File, string? Syntax, ImmutableArray<BuildArgument> Arguments, ImmutableArray<BuildStage> Stages)
{
    /// <summary>The stage of that name (case does not count) or number; null if there is none.</summary>
    public BuildStage? Stage(string name) => FindStage(name, Stages.Length);

    /// <summary>The stages that building the target needs (null = the last stage), the target last.</summary>
    public ImmutableArray<BuildStage> StagesFor(string? target)
    {
        var needed = new SortedSet<int>();
        if ((target is null ? Stages.LastOrDefault() : Stage(target)) is { } stage)
        {
            Add(stage);
        }

        return [.. needed.Select(index => Stages[index])];

        void Add(BuildStage stage)
        {
            if (needed.Add(stage.Index))
            {
                foreach (var source in Sources(stage).Select(source => FindStage(source.Name, stage.Index)).OfType<BuildStage>())
                {
                    Add(source);
                }
            }
        }
    }

    /// <summary>
    /// Images from outside that building the target needs, in the file's order: bases and sources of COPY and mounts that are no stage,
    /// with arguments replaced by the given values, else by their defaults. <c>scratch</c> is none.
    /// </summary>
    public ImmutableArray<BaseImage> BaseImages(string? target, IReadOnlyDictionary<string, string> arguments)
    {
        var lookup = GlobalValues(arguments);
        return
        [
            .. StagesFor(target)
                .SelectMany(stage => Sources(stage).Where(source => FindStage(source.Name, stage.Index) is null))
                .Select(source => new BaseImage(source.Name, Variables.Expand(source.Name, lookup), source.Spot))
                .Where(image => image.Name != "scratch")
                .DistinctBy(image => image.Name),
        ];
    }

    /// <summary>The values that FROM lines see: given ones, defaults, and the platform that every image here is for, linux/amd64.</summary>
    public Func<string, string?> GlobalValues(IReadOnlyDictionary<string, string> arguments)
    {
        var values = new Dictionary<string, string?>(Variables.Platform, StringComparer.Ordinal);
        foreach (var argument in Arguments.Where(argument => argument.Stage is null))
        {
            values[argument.Name] = arguments.TryGetValue(argument.Name, out var given) ? given : argument.Default is null ? null : Variables.Expand(argument.Default, values.GetValueOrDefault);
        }

        return values.GetValueOrDefault;
    }

    /// <summary>What a stage stands on or copies from: its FROM, COPY --from and RUN --mount=from.</summary>
    public static IEnumerable<(string Name, SourceSpot Spot)> Sources(BuildStage stage)
    {
        yield return (stage.From, stage.Spot);
        foreach (var instruction in stage.Instructions)
        {
            foreach (var name in instruction.Froms)
            {
                yield return (name, instruction.Spot);
            }
        }
    }

    /// <summary>A stage that stands before the given one: FROM and COPY see only those above.</summary>
    public BuildStage? FindStage(string name, int before)
    {
        var above = Stages.AsSpan()[..before];
        for (var index = above.Length - 1; index >= 0; index--)
        {
            if (string.Equals(above[index].Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return above[index];
            }
        }

        return int.TryParse(name, out var number) && number >= 0 && number < before ? Stages[number] : null;
    }
}

/// <param name="Default">As written, variables included; null where there is none.</param>
/// <param name="Stage">Number of the stage that it is in; null before the first FROM.</param>
public sealed record BuildArgument(string Name, string? Default, int? Stage, SourceSpot Spot);

/// <param name="From">As written, variables included.</param>
public sealed record BuildStage(int Index, string? Name, string From, ImmutableArray<Instruction> Instructions, SourceSpot Spot)
{
    /// <summary>Whether a <c>RUN --mount=type=secret</c> is in it.</summary>
    public bool UsesSecrets => Instructions.Any(instruction => instruction.Flags.Any(flag => flag.Key == "mount" && flag.Value.Split(',').Contains("type=secret")));
}

/// <param name="Keyword">In capitals.</param>
/// <param name="Flags">Leading <c>--name=value</c> words, without the dashes.</param>
/// <param name="Text">The rest, continuation lines joined, comments dropped, here-documents left out.</param>
public sealed record Instruction(string Keyword, ImmutableArray<KeyValuePair<string, string>> Flags, string Text, SourceSpot Spot)
{
    /// <summary>Stages or images that are copied from or mounted.</summary>
    public IEnumerable<string> Froms => Flags.Select(From).OfType<string>();

    private static string? From(KeyValuePair<string, string> flag) => flag.Key switch
    {
        "from" => flag.Value,
        "mount" => flag.Value.Split(',').FirstOrDefault(part => part.StartsWith("from=", StringComparison.Ordinal))?["from=".Length..],
        _ => null,
    };
}

/// <param name="Written">As the file has it, such as <c>${IMAGE_TRAIN}</c>.</param>
/// <param name="Name">With arguments replaced, such as <c>python:3.11-slim</c>; empty where an argument has no value.</param>
public sealed record BaseImage(string Written, string Name, SourceSpot Spot);

using System.Collections.Immutable;
using MlOps.Core.Images;
using MlOps.Steps.Dockerfiles;
using MlOps.Steps.Project;

namespace MlOps.Steps.Lint;

/// <summary>A linter of the repo's own: a command on the machine, or the stage <c>lint</c> of a component's Dockerfile.</summary>
/// <param name="Name">Of its log and its reports.</param>
/// <param name="Fingerprint">Of all that it depends on; empty where that is unknown.</param>
/// <param name="Command">Null for the stage.</param>
internal sealed record Linter(string Name, string Fingerprint, Component? Component, string Folder, string? Command)
{
    public const string Stage = "lint";
    public const string Repo = "repo";

    /// <summary>As people know it.</summary>
    public string What => Command is null ? $"The stage '{Stage}' of {Name}" : $"'{Command}'";

    public static ImmutableArray<Linter> Of(ProjectFile project, ComponentDockerfiles dockerfiles, string? checkout)
    {
        var linters = ImmutableArray.CreateBuilder<Linter>();
        foreach (var component in project.Components)
        {
            if (component.Lint.Commands.IsEmpty && dockerfiles.HasStage(component, Stage))
            {
                linters.Add(new Linter(component.Name, StageFingerprint.Of(dockerfiles, component, Stage), component, component.Folder, null));
            }

            linters.AddRange(Commands(component.Name, component, component.Folder, component.Lint.Commands, checkout));
        }

        linters.AddRange(Commands(Repo, null, project.Root, project.Lint.Commands, checkout));
        return linters.ToImmutable();
    }

    private static IEnumerable<Linter> Commands(string name, Component? component, string folder, ImmutableArray<string> commands, string? checkout) =>
        commands.Select((command, index) => new Linter(
            index == 0 ? name : $"{name}-{index + 1}", checkout is null ? "" : Digest.Of($"{Toolkit.Version}\0{checkout}\0{command}").Hex, component, folder, command));
}

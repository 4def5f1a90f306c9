using System.Collections.Immutable;
using Google.Cloud.CloudBuild.V1;
using MlOps.Containers.Running;
using MlOps.LocalCloud.Vertex;

namespace MlOps.LocalCloud.CloudBuild.Running;

/// <summary>A step's container, from what the build says of it.</summary>
/// <param name="Secrets">Values by the name of their environment variable.</param>
/// <param name="Socket">The engine's socket on its machine; null where steps get none.</param>
internal sealed record StepSpec(Build Build, BuildPlace Place, ContainerSurroundings Surroundings, IReadOnlyDictionary<string, string> Secrets, string? Socket)
{
    /// <summary>Some step has a script, which must be in the scripts' volume before any step starts.</summary>
    public bool HasScripts => Build.Steps.Any(step => step.Script.Length > 0);

    /// <param name="image">As the engine knows it.</param>
    public ContainerSpec Of(int index, string image)
    {
        var step = Build.Steps[index];
        return new ContainerSpec(image)
        {
            Name = Place.ContainerName(index),
            Entrypoint = step.Script.Length > 0 ? [ScriptPath(index)] : step.Entrypoint.Length > 0 ? [step.Entrypoint] : null,
            Command = step.Args.Count > 0 ? [.. step.Args] : null,
            Environment = Environment(step),
            WorkingDirectory = Directory(step),
            Mounts = [.. Mounts(step)],
            Network = Surroundings.Network,
            Labels = Place.Labels,
            KeepsLog = false,
        };
    }

    public static string ScriptPath(int index) => $"{BuildPlace.Scripts}/step-{index}";

    /// <summary>Without a shebang a script is <c>sh</c>'s.</summary>
    public static string ScriptText(string script) => script.StartsWith("#!", StringComparison.Ordinal) ? script : $"#!/bin/sh\n{script}";

    /// <summary>A step's own variables count before the build's, whether secret or not.</summary>
    private ImmutableDictionary<string, string> Environment(BuildStep step)
    {
        var environment = Surroundings.Environment.ToBuilder();
        environment["HOME"] = BuildPlace.Home;
        Add(Build.Options?.Env ?? [], Build.Options?.SecretEnv ?? []);
        Add(step.Env, step.SecretEnv);
        environment["BUILDER_OUTPUT"] = BuildPlace.Outputs;
        return environment.ToImmutable();

        void Add(IEnumerable<string> plain, IEnumerable<string> secret)
        {
            foreach (var variable in plain)
            {
                var end = variable.IndexOf('=', StringComparison.Ordinal);
                environment[end < 0 ? variable : variable[..end]] = end < 0 ? "" : variable[(end + 1)..];
            }

            foreach (var name in secret.Where(Secrets.ContainsKey))
            {
                environment[name] = Secrets[name];
            }
        }
    }

    /// <summary>A relative <c>dir</c> is below the source's, an absolute one is taken as it is; the engine makes it where it is missing.</summary>
    private string Directory(BuildStep step)
    {
        if (step.Dir.StartsWith('/'))
        {
            return Clean(step.Dir);
        }

        var source = Build.Source switch
        {
            { RepoSource.Dir: { Length: > 0 } dir } => dir,
            { GitSource.Dir: { Length: > 0 } dir } => dir,
            { ConnectedRepository.Dir: { Length: > 0 } dir } => dir,
            _ => "",
        };
        return Clean($"{BuildPlace.Workspace}/{source}/{step.Dir}");
    }

    private static string Clean(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/').Where(part => part is not ("" or ".")))
        {
            if (part != "..")
            {
                parts.Add(part);
            }
            else if (parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
        }

        return "/" + string.Join('/', parts);
    }

    private IEnumerable<ContainerMount> Mounts(BuildStep step)
    {
        yield return Place.MountWorkspace();
        yield return Place.MountHome();
        yield return Place.MountOutputs();
        if (Socket is not null)
        {
            yield return ContainerMount.Bind(Socket, BuildPlace.Socket);
        }

        // In every step, so that the first container can take them in.
        if (HasScripts)
        {
            yield return Place.MountScripts();
        }

        foreach (var volume in (Build.Options?.Volumes ?? []).Concat(step.Volumes))
        {
            yield return Place.MountNamed(volume.Name, volume.Path);
        }
    }
}

using System.Text.RegularExpressions;
using Google.Cloud.CloudBuild.V1;

namespace MlOps.CloudBuild.Checks;

/// <summary>Volumes of steps and of all steps (<c>options.volumes</c>).</summary>
internal static partial class VolumeChecks
{
    private static readonly string[] Reserved = ["/workspace", "/builder/home", "/var/run/docker.sock", "/cloudbuild"];

    public static void Check(Build build, Findings findings)
    {
        var all = build.Options?.Volumes ?? [];
        Each(all, "options.volumes", findings);
        if (all.Count > 0 && build.Steps.Count < 2)
        {
            findings.Error(CheckCodes.GlobalVolumeSingleStep, "'options.volumes' needs at least two steps: a volume is for handing files from step to step.", "options.volumes");
        }

        for (var index = 0; index < build.Steps.Count; index++)
        {
            var volumes = build.Steps[index].Volumes;
            Each(volumes, $"steps[{index}].volumes", findings);
            for (var at = 0; at < volumes.Count; at++)
            {
                var path = $"steps[{index}].volumes[{at}]";
                Conflict(volumes[at], all, path, findings);
                if (build.Steps.Count(step => step.Volumes.Any(volume => volume.Name == volumes[at].Name)) == 1)
                {
                    findings.Error(CheckCodes.VolumeSingleUse, $"The volume '{volumes[at].Name}' is used by one step only; mount it in the step that it is for too, or remove it.", path);
                }
            }
        }
    }

    private static void Each(IReadOnlyList<Volume> volumes, string path, Findings findings)
    {
        var (names, paths) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        for (var index = 0; index < volumes.Count; index++)
        {
            var (name, place) = (volumes[index].Name, Clean(volumes[index].Path));
            if (!Form().IsMatch(name))
            {
                findings.Error(CheckCodes.VolumeName, $"'{name}' cannot be a volume's name; expected at least two letters, digits, '_', '.' or '-', the first a letter or digit.", $"{path}[{index}].name");
            }

            if (!place.StartsWith('/'))
            {
                findings.Error(CheckCodes.VolumePathRelative, $"'{volumes[index].Path}' is not absolute; expected a path like '/data'.", $"{path}[{index}].path");
            }
            else if (Array.Exists(Reserved, reserved => place == reserved) || place.StartsWith("/cloudbuild/", StringComparison.Ordinal))
            {
                findings.Error(CheckCodes.VolumePathReserved, $"'{volumes[index].Path}' belongs to Cloud Build; mount the volume elsewhere.", $"{path}[{index}].path");
            }

            if (!names.Add(name) | !paths.Add(place))
            {
                findings.Error(CheckCodes.VolumeDuplicate, $"The name '{name}' or the path '{place}' is given twice in one list of volumes; each may stand there once.", $"{path}[{index}]");
            }
        }
    }

    private static void Conflict(Volume volume, IEnumerable<Volume> all, string path, Findings findings)
    {
        if (all.FirstOrDefault(global => global.Name == volume.Name || Clean(global.Path) == Clean(volume.Path)) is { } other)
        {
            findings.Error(CheckCodes.VolumeConflictsGlobal, $"The {(other.Name == volume.Name ? $"name '{volume.Name}'" : $"path '{volume.Path}'")} is also that of a volume in 'options.volumes', which every step has; remove one.", path);
        }
    }

    /// <summary>Without <c>.</c>, <c>..</c>, doubled and trailing slashes.</summary>
    private static string Clean(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != "."))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != "..")
            {
                parts.Add(part);
            }
        }

        return (path.StartsWith('/') ? "/" : "") + string.Join('/', parts);
    }

    [GeneratedRegex("^[a-zA-Z0-9][a-zA-Z0-9_.-]+$")]
    private static partial Regex Form();
}

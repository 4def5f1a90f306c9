using System.Text;
using Google.Cloud.CloudBuild.V1;

namespace MlOps.CloudBuild.Checks;

/// <summary>The limits of cloud.google.com/build/quotas and of the build config's documentation.</summary>
internal static class LimitChecks
{
    private const int MostSteps = 300;
    private const int MostArgs = 100;
    private const int LongestArg = 10_000;
    private const int MostSubstitutions = 200;
    private const int LongestKey = 100;
    private const int LongestValue = 4_000;
    private const long LargestDisk = 4_000;

    public static void Check(Build build, Findings findings)
    {
        if (build.Steps.Count > MostSteps)
        {
            findings.Error(CheckCodes.TooManySteps, $"There are {build.Steps.Count} steps; at most {MostSteps} are allowed.", $"steps[{MostSteps}]");
        }

        for (var index = 0; index < build.Steps.Count; index++)
        {
            Args(build, index, findings);
        }

        Substitutions(build, findings);
        Disk(build.Options?.DiskSizeGb ?? 0, findings);
    }

    private static void Args(Build build, int index, Findings findings)
    {
        var args = build.Steps[index].Args;
        if (args.Count > MostArgs)
        {
            findings.Error(CheckCodes.TooManyArgs, $"{StepNames.Of(build, index)} has {args.Count} args; at most {MostArgs} are allowed. A 'script' has no such limit.", $"steps[{index}].args[{MostArgs}]");
        }

        for (var at = 0; at < args.Count; at++)
        {
            var length = args[at].EnumerateRunes().Count();
            if (length > LongestArg)
            {
                findings.Error(CheckCodes.ArgTooLong, $"This argument has {length:N0} characters; at most {LongestArg:N0} are allowed. Put the commands into a file of the source.", $"steps[{index}].args[{at}]");
            }
        }
    }

    private static void Substitutions(Build build, Findings findings)
    {
        if (build.Substitutions.Count > MostSubstitutions)
        {
            findings.Error(CheckCodes.TooManySubstitutions, $"There are {build.Substitutions.Count} substitutions; at most {MostSubstitutions} are allowed.", "substitutions");
        }

        foreach (var (key, value) in build.Substitutions)
        {
            if (Encoding.UTF8.GetByteCount(key) > LongestKey)
            {
                findings.Error(CheckCodes.SubstitutionKeyTooLong, $"The substitution's name has {Encoding.UTF8.GetByteCount(key)} bytes; at most {LongestKey} are allowed.", $"substitutions.{key}");
            }

            if (Encoding.UTF8.GetByteCount(value) > LongestValue)
            {
                findings.Error(CheckCodes.SubstitutionValueTooLong, $"The value of '{key}' has {Encoding.UTF8.GetByteCount(value):N0} bytes; at most {LongestValue:N0} are allowed.", $"substitutions.{key}");
            }
        }
    }

    private static void Disk(long size, Findings findings)
    {
        if (size < 0)
        {
            findings.Error(CheckCodes.DiskNegative, $"'diskSizeGb' is {size}; expected 1 to {LargestDisk}.", "options.diskSizeGb");
        }
        else if (size > LargestDisk)
        {
            findings.Error(CheckCodes.DiskTooLarge, $"'diskSizeGb' is {size}; the largest disk has {LargestDisk} GB.", "options.diskSizeGb");
        }
    }
}

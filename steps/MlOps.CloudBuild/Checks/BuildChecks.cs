using Google.Cloud.CloudBuild.V1;
using MlOps.CloudBuild.Config;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Checks;

/// <summary>What Cloud Build's server refuses (errors), and what it lets through and users trip over (warnings). docs/checks.md has a section for every code.</summary>
public static class BuildChecks
{
    /// <summary>Everything at once of what can be told before substitution.</summary>
    /// <param name="build">As it was read or sent, before substitution.</param>
    public static void Check(Build build, ConfigPlaces places, ICollection<Problem> problems)
    {
        var findings = new Findings(places, problems);
        StepChecks.Check(build, findings);
        WaitForChecks.Check(build, findings);
        TimeoutChecks.Check(build, findings);
        VolumeChecks.Check(build, findings);
        SecretChecks.Check(build, findings);
        LimitChecks.Check(build, findings);
        LoggingChecks.Check(build, findings);
        OptionChecks.Check(build, findings);
        OutputOnlyChecks.Check(build, findings);
        DollarChecks.Check(build, findings);
        LeakChecks.Check(build, findings);
        ProvenanceChecks.Check(build, findings);
    }

    /// <summary>The rest: names whose form counts once substitutions are applied.</summary>
    /// <param name="build">After substitution.</param>
    /// <param name="substituted">False where substitution failed: what still holds a <c>$</c> is passed over then.</param>
    public static void CheckResolved(Build build, bool substituted, ConfigPlaces places, ICollection<Problem> problems)
    {
        var findings = new Findings(places, problems);
        bool Known(string text) => substituted || !text.Contains('$', StringComparison.Ordinal);
        ImageChecks.Check(build, Known, findings);
        ArtifactChecks.Check(build, Known, findings);
        TagChecks.Check(build, Known, findings);
        ResourceNameChecks.Check(build, Known, findings);
    }
}

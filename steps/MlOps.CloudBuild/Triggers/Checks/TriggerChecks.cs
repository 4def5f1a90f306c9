using System.Text.RegularExpressions;
using Google.Cloud.CloudBuild.V1;
using MlOps.CloudBuild.Config;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Triggers.Checks;

/// <summary>What Cloud Build refuses in a trigger (errors), and what it takes and users trip over (warnings).</summary>
public static partial class TriggerChecks
{
    /// <summary>Everything at once.</summary>
    /// <param name="places"><see cref="ConfigPlaces.None"/> for a trigger that came over the wire.</param>
    public static void Check(BuildTrigger trigger, ConfigPlaces places, ICollection<Problem> problems)
    {
        var report = new TriggerReport(places, problems);
        if (trigger.Name.Length > 0 && !NameForm().IsMatch(trigger.Name))
        {
            report.Error("bad-name", $"'{trigger.Name}' is not a trigger's name: expected 1 to 64 letters, digits and dashes, with a letter or digit at both ends.", "name");
        }

        SourceChecks.Check(trigger, report);
        TemplateChecks.Check(trigger, report);
        PatternChecks.Check(trigger, report);
        CheckSubstitutions(trigger, report);
        if (trigger.Filter.Length > 0 && TriggerFilter.Fault(trigger.Filter) is { } fault)
        {
            report.Error("bad-filter", $"'filter' is not an expression of CEL: {fault}. For example: _ACTION == \"INSERT\".", "filter");
        }

        if (trigger.ServiceAccount.Length > 0 && !ServiceAccount().IsMatch(trigger.ServiceAccount))
        {
            report.Error("bad-service-account", $"'serviceAccount' is '{trigger.ServiceAccount}'; expected projects/PROJECT/serviceAccounts/ACCOUNT, where PROJECT may be '-' and ACCOUNT is an address.", "serviceAccount");
        }

        foreach (var tag in trigger.Tags.Where(tag => !Tag().IsMatch(tag)))
        {
            report.Error("bad-tag", $"'{tag}' is not a tag: expected letters, digits, dashes, dots and underscores, at most 128.", $"tags[{trigger.Tags.IndexOf(tag)}]");
        }
    }

    private static void CheckSubstitutions(BuildTrigger trigger, TriggerReport report)
    {
        var roots = TriggerSource.Of(trigger) switch
        {
            TriggerSource.Messages or TriggerSource.Webhooks => "body",
            TriggerSource.Branches or TriggerSource.Tags => "push",
            TriggerSource.PullRequests => "pull_request",
            _ => "",
        };
        foreach (var (key, value) in trigger.Substitutions)
        {
            if (!SubstitutionKey().IsMatch(key))
            {
                report.Error("bad-substitution-key", $"Substitution '{key}' must begin with an underscore and hold capitals, digits and underscores only, such as _{Capitals().Replace(key.TrimStart('_').ToUpperInvariant(), "_")}.", $"substitutions.{key}");
            }

            foreach (var binding in Payload.BindingsOf(value).Where(binding => binding.Split('.', '[')[0] != roots))
            {
                var expected = roots.Length > 0 ? $"here it begins with $({roots}." : "nothing of that kind is there when a trigger is run by hand";
                report.Warning("bad-binding", $"$({binding}) in substitution '{key}' will be empty: {expected}.", $"substitutions.{key}");
            }
        }
    }

    [GeneratedRegex("^[a-zA-Z0-9]([a-zA-Z0-9-]{0,62}[a-zA-Z0-9])?$")]
    private static partial Regex NameForm();

    [GeneratedRegex("^_[A-Z0-9_]+$")]
    private static partial Regex SubstitutionKey();

    [GeneratedRegex("[^A-Z0-9]+")]
    private static partial Regex Capitals();

    [GeneratedRegex("^projects/[^/]+/serviceAccounts/[^/]+$")]
    private static partial Regex ServiceAccount();

    [GeneratedRegex(@"^\w[\w.-]{0,127}$")]
    private static partial Regex Tag();
}

/// <summary>Collects findings about one trigger at the places of its fields.</summary>
internal sealed class TriggerReport(ConfigPlaces places, ICollection<Problem> problems)
{
    public void Error(string code, string message, string path) => problems.Add(Problem.Error(code, message, places.Of(path)));

    public void Warning(string code, string message, string path) => problems.Add(Problem.Warning(code, message, places.Of(path)));
}

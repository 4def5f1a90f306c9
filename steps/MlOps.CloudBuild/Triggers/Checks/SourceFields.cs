using System.Text.RegularExpressions;
using Google.Cloud.CloudBuild.V1;

namespace MlOps.CloudBuild.Triggers.Checks;

/// <summary>What the fields of an event source must hold.</summary>
internal sealed class SourceFields(TriggerReport report)
{
    public void Required(string value, string path, string what)
    {
        if (value.Length == 0)
        {
            report.Error("missing-key", $"'{path}' is missing: {what}.", path);
        }
    }

    public void Form(string value, Regex form, string path, string expected)
    {
        if (!form.IsMatch(value))
        {
            report.Error("bad-value", $"'{path}' is {(value.Length == 0 ? "missing" : $"'{value}'")}; expected {expected}.", path);
        }
    }

    public void Filter(string path, PushFilter? push, PullRequestFilter? request)
    {
        if (push is null && request is null)
        {
            report.Error("no-event", $"'{path}' says nothing of what to wait for: give 'push' or 'pullRequest', such as push: {{branch: ^main$}}.", path);
        }
        else if (push is { GitRefCase: PushFilter.GitRefOneofCase.None })
        {
            report.Error("no-event", $"'{path}.push' needs 'branch' or 'tag', a regular expression.", $"{path}.push");
        }
        else if (request is { GitRefCase: PullRequestFilter.GitRefOneofCase.None })
        {
            report.Error("no-event", $"'{path}.pullRequest' needs 'branch', a regular expression for the branch that the pull request goes to.", $"{path}.pullRequest");
        }
    }

    public void Template(RepoSource template)
    {
        Required(template.RepoName, "triggerTemplate.repoName", "the name of the Cloud Source repository");
        if (template.RevisionCase is RepoSource.RevisionOneofCase.None or RepoSource.RevisionOneofCase.CommitSha)
        {
            report.Error("no-event", "'triggerTemplate' needs 'branchName' or 'tagName', a regular expression.", "triggerTemplate");
        }
    }
}

using Google.Cloud.CloudBuild.V1;

namespace MlOps.CloudBuild.Triggers.Checks;

/// <summary>What a trigger builds: exactly one build template, with a source that it can be read from.</summary>
internal static class TemplateChecks
{
    public static void Check(BuildTrigger trigger, TriggerReport report)
    {
        var ofRepository = TriggerSource.Of(trigger) is TriggerSource.OfRepository;
        switch (trigger.BuildTemplateCase)
        {
            case BuildTrigger.BuildTemplateOneofCase.None:
            case BuildTrigger.BuildTemplateOneofCase.Autodetect when !trigger.Autodetect:
                report.Error("no-template", "The trigger does not say what to build: give one of 'filename' (such as cloudbuild.yaml), 'build' (inline), 'autodetect' or 'gitFileSource'.", "");
                break;
            case BuildTrigger.BuildTemplateOneofCase.Autodetect when trigger.Github is null && trigger.RepositoryEventConfig is null:
                report.Error("bad-template", "'autodetect' is for triggers of GitHub only: name the file with 'filename'.", "autodetect");
                break;
            case BuildTrigger.BuildTemplateOneofCase.Filename when trigger.Filename.Length == 0 || trigger.Filename.StartsWith('/'):
                report.Error("bad-template", $"'filename' is '{trigger.Filename}'; expected a path from the repository's root, such as cloudbuild.yaml.", "filename");
                break;
            case BuildTrigger.BuildTemplateOneofCase.Filename when !ofRepository && trigger.SourceToBuild is null:
                report.Error("no-source", "'filename' is read from a repository, and the trigger has none: give 'sourceToBuild' ({uri, ref: refs/heads/main, repoType}), or an inline 'build'.", "filename");
                break;
            case BuildTrigger.BuildTemplateOneofCase.GitFileSource:
                CheckFile(trigger.GitFileSource, report);
                break;
            case BuildTrigger.BuildTemplateOneofCase.Build when trigger.Build.Steps.Count == 0:
                report.Error("no-steps", "The inline 'build' has no steps.", "build");
                break;
        }
    }

    private static void CheckFile(GitFileSource file, TriggerReport report)
    {
        if (file.Path.Length == 0)
        {
            report.Error("missing-key", "'gitFileSource.path' is missing: the build config's path in its repository.", "gitFileSource");
        }

        if (file.Uri.Length == 0 && file.Repository.Length == 0)
        {
            report.Error("missing-key", "'gitFileSource' needs 'uri' (the repository's address) or 'repository' (a connected repository).", "gitFileSource");
        }
    }
}

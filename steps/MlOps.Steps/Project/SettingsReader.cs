using System.Collections.Immutable;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;

namespace MlOps.Steps.Project;

/// <summary>The <c>test</c>, <c>lint</c> and <c>build</c> keys, which stand at the top for the repo and under a component for it alone.</summary>
internal static class SettingsReader
{
    public static TestSettings Test(Section section, ImmutableArray<string> keys)
    {
        if (section.Inner("test", keys) is not { } test)
        {
            return TestSettings.None;
        }

        return new TestSettings(test.Text("command"), test.Text("reports") ?? TestSettings.None.Reports, keys.Contains("integration") ? test.Text("integration") : null);
    }

    public static LintSettings Lint(Section section) =>
        section.Inner("lint", ProjectKeys.Lint) is { } lint ? new LintSettings(lint.Texts("commands")) : LintSettings.None;

    public static BuildSettings Build(Section section, string root)
    {
        if (section.Inner("build", ProjectKeys.Build) is not { } build)
        {
            return BuildSettings.None;
        }

        var args = BuildSettings.None.Args.ToBuilder();
        foreach (var (key, value) in build.Entries("args"))
        {
            if (key.Text.StartsWith("IMAGE_", StringComparison.Ordinal))
            {
                build.Error("reserved-name", $"Build argument '{key.Text}' is the image of another component, which build gives by itself.", key.Spot);
            }

            args[key.Text] = Section.Text(value, $"Build argument '{key.Text}'", build.Problems) ?? "";
        }

        var secrets = BuildSettings.None.Secrets.ToBuilder();
        foreach (var (id, value) in build.Entries("secrets"))
        {
            if (Secret(id, value, root, build.Problems) is { } secret)
            {
                secrets[id.Text] = secret;
            }
        }

        return new BuildSettings(args.ToImmutable(), secrets.ToImmutable());
    }

    /// <summary>The component's settings over the repo's.</summary>
    public static BuildSettings Over(this BuildSettings own, BuildSettings repo) => new(repo.Args.SetItems(own.Args), repo.Secrets.SetItems(own.Secrets));

    private static BuildSecret? Secret(YamlScalar id, YamlNode value, string root, ICollection<Problem> problems)
    {
        if (Section.Of(value, $"secret '{id.Text}'", ProjectKeys.Secret, problems) is not { } section)
        {
            return null;
        }

        var (variable, file) = (section.Text("env"), section.Text("file"));
        if (variable is null == file is null)
        {
            section.Error("bad-secret", $"Secret '{id.Text}' needs exactly one of 'env' (an environment variable's name) and 'file' (a path).", id.Spot);
        }

        return new BuildSecret(variable, file is null ? null : Path.GetFullPath(file, root), id.Spot);
    }
}

using System.Collections.Immutable;
using System.Text.RegularExpressions;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;

namespace MlOps.Steps.Project;

/// <summary>The <c>environments</c> key. <c>local</c> always exists; what the file gives for it goes over its defaults.</summary>
internal static partial class EnvironmentsReader
{
    private static readonly ImmutableArray<string> Later = ["schedule", "deploy"];

    public static ImmutableSortedDictionary<string, DeliveryEnvironment> Read(Section top, string root)
    {
        var environments = ImmutableSortedDictionary.CreateBuilder<string, DeliveryEnvironment>(StringComparer.Ordinal);
        environments[DeliveryEnvironment.LocalName] = DeliveryEnvironment.Local;
        foreach (var (name, value) in top.Entries("environments"))
        {
            if (!NameForm().IsMatch(name.Text))
            {
                top.Error("bad-name", $"'{name.Text}' is not an environment's name: expected lower-case letters, digits and dashes, starting with a letter.", name.Spot);
            }

            if (value is YamlScalar { Value: null } && name.Text == DeliveryEnvironment.LocalName)
            {
                continue;
            }

            if (Section.Of(value, $"environment '{name.Text}'", ProjectKeys.Environment, top.Problems) is { } section)
            {
                environments[name.Text] = ReadOne(name, section, root);
            }
        }

        return environments.ToImmutable();
    }

    /// <summary>Names in environments that must be names elsewhere in the file.</summary>
    public static void CheckReferences(ImmutableSortedDictionary<string, DeliveryEnvironment> environments, IEnumerable<string> pipelines, ICollection<Problem> problems)
    {
        foreach (var environment in environments.Values)
        {
            foreach (var run in environment.Runs.Where(run => run.Pipeline.Length > 0 && !pipelines.Contains(run.Pipeline)))
            {
                problems.Add(Problem.Error("unknown-pipeline", $"Environment '{environment.Name}' runs '{run.Pipeline}', which is not under 'pipelines'.{Suggestion.For(run.Pipeline, pipelines)}", run.Spot));
            }

            if (environment.PromoteFrom is { } from && !environments.ContainsKey(from))
            {
                problems.Add(Problem.Error("unknown-environment", $"Environment '{environment.Name}' is promoted from '{from}', which is not an environment.{Suggestion.For(from, environments.Keys.Except([environment.Name]))}", environment.Spot));
            }
            else if (Promotions(environment, environments) is { } circle)
            {
                problems.Add(Problem.Error("promotion-cycle", $"Environments are promoted in a circle: {circle}.", environment.Spot));
            }
        }
    }

    private static DeliveryEnvironment ReadOne(YamlScalar name, Section section, string root)
    {
        var place = Place(name, section);
        CheckForms(section, place);
        LaterReader.Check(section);
        return place with
        {
            Runs = RunsReader.Read(section, root),
            PromoteFrom = section.Text("promoteFrom"),
            Triggers = TriggerReader.Read(section),
            TriggerFiles = TriggerReader.Files(section, root),
            Gates = GatesReader.Read(section),
            NeedsApproval = section["approval"] is YamlScalar { Text: "required" },
            NotBuiltYet = [.. Later.Where(key => section[key] is not null)],
        };
    }

    private static DeliveryEnvironment Place(YamlScalar name, Section section)
    {
        var local = name.Text == DeliveryEnvironment.LocalName ? DeliveryEnvironment.Local : null;
        var missing = local is null ? ProjectKeys.Place.Where(key => section[key] is null).ToArray() : [];
        if (missing.Length > 0)
        {
            section.Error("missing-key", $"Environment '{name.Text}' lacks {string.Join(", ", missing.Select(key => $"'{key}'"))}.{Examples(missing)}", name.Spot);
        }

        return new DeliveryEnvironment(
            name.Text,
            section.Text("project") ?? local?.Project ?? "",
            section.Text("region") ?? local?.Region ?? "",
            section.Text("images")?.TrimEnd('/') ?? local?.Images ?? "",
            section.Text("pipelines")?.TrimEnd('/') ?? local?.Pipelines ?? "",
            section.Text("pipelineRoot")?.TrimEnd('/') ?? local?.PipelineRoot ?? "",
            section.Text("serviceAccount"),
            [],
            name.Spot);
    }

    private static string Examples(string[] missing) => " For example: " + string.Join(", ", missing.Select(key => key switch
    {
        "project" => "project: acme-ml-dev",
        "region" => "region: us-central1",
        "images" => "images: us-central1-docker.pkg.dev/acme-ml-dev/ml",
        "pipelines" => "pipelines: https://us-central1-kfp.pkg.dev/acme-ml-dev/pipelines",
        _ => "pipelineRoot: gs://acme-ml-dev/root",
    })) + ".";

    private static void CheckForms(Section section, DeliveryEnvironment environment)
    {
        Check("project", environment.Project, Project().IsMatch, "a Google Cloud project's id: lower-case letters, digits and dashes");
        Check("region", environment.Region, Region().IsMatch, "a region, such as us-central1");
        Check("images", environment.Images, IsRepository, "an image repository without a tag, such as us-central1-docker.pkg.dev/PROJECT/REPOSITORY");
        Check("pipelines", environment.Pipelines, Pipelines().IsMatch, "https://LOCATION-kfp.pkg.dev/PROJECT/REPOSITORY or gs://BUCKET/FOLDER");
        Check("pipelineRoot", environment.PipelineRoot, Storage().IsMatch, "gs://BUCKET/FOLDER");
        Check("serviceAccount", environment.ServiceAccount ?? "", ServiceAccount().IsMatch, "a service account's address, such as pipelines@PROJECT.iam.gserviceaccount.com");

        void Check(string key, string value, Func<string, bool> fits, string expected)
        {
            if (value.Length > 0 && !fits(value))
            {
                section.Error("bad-value", $"'{key}' in {section.What} is '{value}'; expected {expected}.", section.SpotOf(key));
            }
        }
    }

    private static bool IsRepository(string value) =>
        ImageReference.TryParse(value, out var reference) && reference is { Host.Length: > 0, Tag: null, Digest: null }
        && (!reference.Host.EndsWith("-docker.pkg.dev", StringComparison.Ordinal) || value.Count(letter => letter == '/') >= 2);

    /// <summary>The circle of promotions that starts and ends here, or null.</summary>
    private static string? Promotions(DeliveryEnvironment start, ImmutableSortedDictionary<string, DeliveryEnvironment> environments)
    {
        var path = new List<string> { start.Name };
        var at = start;
        while (at.PromoteFrom is { } from && environments.TryGetValue(from, out at!) && path.Count <= environments.Count)
        {
            path.Add(from);
            if (from == start.Name)
            {
                // Told once, by the first of its environments.
                return path.Min(StringComparer.Ordinal) == start.Name ? string.Join(" -> ", path) : null;
            }
        }

        return null;
    }

    [GeneratedRegex("^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$")]
    private static partial Regex NameForm();

    [GeneratedRegex("^([a-z0-9.-]+:)?[a-z][-a-z0-9]*[a-z0-9]$")]
    private static partial Regex Project();

    [GeneratedRegex("^[a-z]+(-[a-z]+)+[0-9]+$")]
    private static partial Regex Region();

    [GeneratedRegex("^(https://[^/\\s]+/[^/\\s]+/[^/\\s]+|gs://[a-z0-9][-_.a-z0-9]+(/\\S*)?)$")]
    private static partial Regex Pipelines();

    [GeneratedRegex("^gs://[a-z0-9][-_.a-z0-9]+(/\\S*)?$")]
    private static partial Regex Storage();

    [GeneratedRegex("^[^@\\s]+@[^@\\s]+$")]
    private static partial Regex ServiceAccount();
}

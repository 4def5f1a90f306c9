using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlOps.Steps.Project;
using MlOps.Testing;

namespace MlOps.Steps.Tests.Project;

/// <summary>The published schema and the reader know the same keys.</summary>
public sealed class SchemaTests
{
    private static readonly JsonNode Schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Shared.Checkout(), "docs", "mlops.schema.json")))!;

    public static TheoryData<string, ImmutableArray<string>> Sections => new()
    {
        { "components", ProjectKeys.Components }, { "component", ProjectKeys.Component }, { "test", ProjectKeys.Test }, { "componentTest", ProjectKeys.ComponentTest },
        { "lint", ProjectKeys.Lint }, { "build", ProjectKeys.Build }, { "secret", ProjectKeys.Secret }, { "pipeline", ProjectKeys.Pipeline }, { "compiler", ProjectKeys.Compiler },
        { "environment", ProjectKeys.Environment }, { "trigger", ProjectKeys.Trigger }, { "run", ProjectKeys.Run }, { "schedule", ProjectKeys.Schedule }, { "deploy", ProjectKeys.Deploy },
        { "gates", ProjectKeys.Gates }, { "metric", ProjectKeys.Metric }, { "freeze", ProjectKeys.Freeze },
    };

    [Theory]
    [MemberData(nameof(Sections), DisableDiscoveryEnumeration = true)]
    public void Each_section_has_the_readers_keys(string section, ImmutableArray<string> keys)
    {
        var definition = Schema["definitions"]![section]!;
        Assert.Equal(keys.Order(StringComparer.Ordinal), Names(definition["properties"]!));
        Assert.False(definition["additionalProperties"]!.GetValue<bool>());
    }

    [Fact]
    public void The_top_has_the_readers_keys() => Assert.Equal(ProjectKeys.Top.Order(StringComparer.Ordinal), Names(Schema["properties"]!));

    [Fact]
    public void An_environment_needs_what_the_reader_needs() => Assert.Equal(
        ProjectKeys.Place, Schema["properties"]!["environments"]!["additionalProperties"]!["required"]!.AsArray().Select(key => key!.GetValue<string>()));

    [Fact]
    public void Every_key_is_on_the_page_about_the_file()
    {
        var page = File.ReadAllText(Path.Combine(Shared.Checkout(), "docs", "mlops-yaml.md"));
        var keys = Sections.SelectMany(row => row.Data.Item2).Concat(ProjectKeys.Top).Distinct(StringComparer.Ordinal);
        Assert.All(keys, key => Assert.Contains($"`{key}`", page, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Names(JsonNode properties) => properties.AsObject().Select(pair => pair.Key).Order(StringComparer.Ordinal);
}

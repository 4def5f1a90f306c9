using System.Text.Json.Nodes;
using MlOps.Core.Problems;
using MlOps.Pipelines.Components;

namespace MlOps.Pipelines.Tests.Components;

public sealed class ComponentFileTests
{
    private const string Train = """
        name: Train
        inputs:
        - {name: Learning Rate, type: Float, default: '0.1'}
        - {name: data, type: Dataset}
        outputs:
        - {name: model, type: Model}
        implementation:
          container:
            image: reg/train:1
            command: [train, {inputValue: Learning Rate}, {inputPath: data}, {outputPath: model}]
        """;

    [Fact]
    public void Placeholders_become_the_strings_of_the_IR()
    {
        var component = Parse(Train, out var problems);

        Assert.Empty(problems);
        var container = Assert.IsType<ContainerImplementation>(component!.Implementation);
        Assert.Equal(["train", "{{$.inputs.parameters['learning_rate']}}", "{{$.inputs.artifacts['data'].path}}", "{{$.outputs.artifacts['model'].path}}"], container.Command);
    }

    [Fact]
    public void A_default_is_cast_to_the_type_and_makes_the_input_optional()
    {
        var input = Parse(Train, out _)!.Input("learning_rate")!;

        Assert.True(input.IsOptional);
        Assert.True(JsonNode.DeepEquals(JsonValue.Create(0.1), input.Default));
    }

    [Theory]
    [InlineData("inputValue: Learning Rat", "unknown-input", "Did you mean 'Learning Rate'?")]
    [InlineData("inputValue: data", "wrong-placeholder", "an artifact has no value")]
    [InlineData("inputPath: Learning Rate", "wrong-placeholder", "use inputValue")]
    [InlineData("inputValu: Learning Rate", "unknown-placeholder", "Did you mean 'inputValue'?")]
    [InlineData("outputPath: nope", "unknown-output", "model")]
    public void A_placeholder_that_does_not_fit_is_named_with_its_place(string placeholder, string code, string says)
    {
        Parse(Train.Replace("inputValue: Learning Rate", placeholder, StringComparison.Ordinal), out var problems);

        var problem = Assert.Single(problems);
        Assert.Equal(code, problem.Code);
        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
        Assert.Equal(("component.yaml", 10), (problem.File, problem.Line));
    }

    [Theory]
    [InlineData("type: GCSPath", "has the type GCSPath, which is not one of KFP's")]
    [InlineData("type: {GCSPath: {data_type: CSV}}", "has the type GCSPath, which is not one of KFP's")]
    [InlineData("optional: true", "has no type")]
    public void An_input_by_value_without_a_type_of_KFPs_is_named_with_both_ways_out(string input, string says)
    {
        Parse(Train.Replace("type: Float, default: '0.1'", input, StringComparison.Ordinal), out var problems);

        var problem = Assert.Single(problems);
        Assert.Contains($"Input 'Learning Rate' {says}", problem.Message, StringComparison.Ordinal);
        Assert.Contains("'type: String'", problem.Message, StringComparison.Ordinal);
        Assert.Contains("--coerce-custom-types", problem.Message, StringComparison.Ordinal);
        Assert.Equal(("component.yaml", 10, 35), (problem.File, problem.Line, problem.Column));
    }

    [Fact]
    public void All_problems_are_told_at_once()
    {
        Parse(Train.Replace("name: Train", "nam: Train", StringComparison.Ordinal).Replace("'0.1'", "fast", StringComparison.Ordinal).Replace("image:", "imag:", StringComparison.Ordinal), out var problems);

        Assert.Equal(["unknown-key", "bad-default", "unknown-key", "missing-key"], problems.Select(problem => problem.Code));
    }

    [Fact]
    public void A_file_without_implementation_is_named()
    {
        Parse("name: x\nimplementaton: {}\n", out var problems);

        Assert.Contains(problems, problem => problem.Code == "missing-key" && problem.Message.Contains("'implementaton' meant to be 'implementation'", StringComparison.Ordinal));
    }

    [Fact]
    public void Inputs_that_collide_in_the_IR_are_refused()
    {
        Parse(Train.Replace("name: data", "name: learning-rate", StringComparison.Ordinal), out var problems);

        Assert.Contains(problems, problem => problem.Code == "name-collision");
    }

    private static ComponentSpec? Parse(string text, out List<Problem> problems)
    {
        problems = [];
        return ComponentFile.Parse("component.yaml", text, problems);
    }
}

using MlOps.Core.Problems;

namespace MlOps.Pipelines.Tests.Compilation;

/// <summary>Placeholders of KFP written into a definition's arguments.</summary>
public sealed class PlaceholderTests : IDisposable
{
    private readonly Sandbox _pipelines = new();

    [Theory]
    [InlineData("text: \"{{$.inputs.parameters['label']}}\"", "an input 'label' of this task, which is not given. The pipeline's input is ${{ inputs.label }}.")]
    [InlineData("text: \"{{$.inputs.parameters['s']}} of ${{ inputs.label }}\"", "Values are ${{ inputs.NAME }}")]
    [InlineData("options: {a: [\"{{$.outputs.parameters['word'].output_file}}\"]}", "Another task's output is ${{ tasks.ID.outputs.NAME }}.")]
    [InlineData("text: \"{{$.pipeline_job_nam}}\"", "Did you mean 'pipeline_job_name'?")]
    public void One_that_nothing_fills_in_is_a_warning(string with, string says)
    {
        var (compiled, problems) = _pipelines.Try($"  a: {{component: use, with: {{{with}}}}}\ninputs: {{label: {{type: string}}}}\n");

        Assert.NotNull(compiled);
        var problem = Assert.Single(problems);
        Assert.Equal((Severity.Warning, "unfilled-placeholder", 3), (problem.Severity, problem.Code, problem.Line));
        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("size: 3, text: \"{{$.inputs.parameters['size']}}\"")]
    [InlineData("text: \"{{$.pipeline_job_create_time_utc}} ${{ run.name }} ${{ inputs.label }}\"")]
    [InlineData("text: \"{{ x }} {{$}}\"")]
    public void One_that_is_filled_in_is_not_told(string with)
    {
        var (_, problems) = _pipelines.Try($"  a: {{component: use, with: {{{with}}}}}\ninputs: {{label: {{type: string}}}}\n");

        Assert.Empty(problems);
    }

    public void Dispose() => _pipelines.Dispose();
}

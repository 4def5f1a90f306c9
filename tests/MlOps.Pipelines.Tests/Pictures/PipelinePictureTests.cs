using MlOps.Core.Drawing;
using MlOps.Pipelines.Pictures;
using MlOps.Pipelines.Tests.Compilation;
using MlOps.Testing;

namespace MlOps.Pipelines.Tests.Pictures;

public sealed class PipelinePictureTests : IDisposable
{
    private readonly Sandbox _pipelines = new();

    public PipelinePictureTests() => _pipelines.Write("nested.yaml", RichPipeline.Nested);

    [Fact]
    public void All_that_a_pipeline_has_is_in_its_picture() => Golden.Matches(MermaidDrawing.Draw(Picture(RichPipeline.Tasks)), "rich.mmd");

    [Fact]
    public void The_same_for_Graphviz() => Golden.Matches(DotDrawing.Draw(Picture(RichPipeline.Tasks)), "rich.dot");

    [Fact]
    public void An_exit_task_comes_after_its_group_whatever_happens()
    {
        var picture = Picture("  work: {component: make}\nonExit: {id: tell, component: use, with: {text: done}}");
        var group = Assert.Single(picture.Groups);
        Assert.Equal("before the exit task", group.Title);
        Assert.Equal([("work", 0), ("tell", (int?)null)], picture.Nodes.OrderByDescending(node => node.Title).Select(node => (node.Title, node.Group)));
        Assert.Equal((true, PictureLine.Always), Assert.Single(picture.Edges) is var edge ? (edge.IsFromGroup, edge.Line) : default);
    }

    [Fact]
    public void An_input_that_many_tasks_take_is_named_in_them()
    {
        var tasks = string.Concat(Enumerable.Range(0, 5).Select(index => $"  t{index}: {{component: make, with: {{count: '${{{{ inputs.rows }}}}'}}}}\n"));
        var picture = Picture(tasks + "inputs: {rows: {type: int}}");
        Assert.Empty(picture.Edges);
        Assert.Equal(["int", "to 5 tasks"], picture.Nodes.Single(node => node.Title == "rows").Details);
        Assert.All(picture.Nodes.Where(node => node.Shape == PictureShape.Box), node => Assert.Contains("takes rows", node.Details));
    }

    private GraphPicture Picture(string tasks) => PipelinePicture.Of(_pipelines.Compile(tasks));

    public void Dispose() => _pipelines.Dispose();
}

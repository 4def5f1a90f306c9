using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using MlOps.Steps.Run;

namespace MlOps.Steps.Tests.Run;

/// <summary>Tasks of one name in several places of a pipeline are told apart by the way down from the root.</summary>
public sealed class TaskPlacesTests
{
    [Theory]
    [InlineData("outer", "r/fit@sha256:1")]
    [InlineData("inner", "r/fit@sha256:2")]
    [InlineData("group", null)]
    [InlineData("other", null)]
    public void A_tasks_image_is_that_of_its_place(string execution, string? expected)
    {
        Assert.Equal(expected, Places(Task(1, 0, "fit", "root"), Task(2, 1, "fit", "outer"), Task(3, 1, "inner", "group"), Task(4, 3, "fit", "inner")).ImageOf(execution));
        Assert.Equal(expected, Places(Task(2, 0, "fit", "outer"), Task(3, 0, "inner", "group"), Task(4, 3, "fit", "inner")).ImageOf(execution));
    }

    [Fact]
    public void A_task_alone_is_found_too() => Assert.Equal("r/fit@sha256:1", Places(Task(2, 0, "fit", "outer")).ImageOf("outer"));

    private static PipelineTaskDetail Task(long id, long parent, string name, string execution) =>
        new() { TaskId = id, ParentTaskId = parent, TaskName = name, Execution = new Execution { Name = execution } };

    private static TaskPlaces Places(params PipelineTaskDetail[] tasks) => new(new PipelineJob
    {
        PipelineSpec = Struct.Parser.ParseJson("""
            {"components": {
               "comp-fit": {"executorLabel": "exec-fit"}, "comp-fit-2": {"executorLabel": "exec-fit-2"},
               "comp-inner": {"dag": {"tasks": {"fit": {"taskInfo": {"name": "fit"}, "componentRef": {"name": "comp-fit-2"}}}}}},
             "deploymentSpec": {"executors": {"exec-fit": {"container": {"image": "r/fit@sha256:1"}}, "exec-fit-2": {"container": {"image": "r/fit@sha256:2"}}}},
             "root": {"dag": {"tasks": {"one": {"taskInfo": {"name": "fit"}, "componentRef": {"name": "comp-fit"}}, "inner": {"componentRef": {"name": "comp-inner"}}}}}}
            """),
        JobDetail = new PipelineJobDetail { TaskDetails = { tasks } },
    });
}

#:property PublishAot=false
using MlOps.Pipelines.Authoring;

// data ─┬─► train, once for each rate ─► choose ─► if it is good enough: final
//       └────────────────────────────────────────►
var pipeline = new Pipeline("training", displayName: "Train the line");
var rows = pipeline.Input("rows", 200);
var goal = pipeline.Input("goal", 0.95);

var data = pipeline.Task("data").With("rows", rows);

PipelineTask trial;
using (var rate = pipeline.ForEach([0.001, 0.1, 0.5], parallelism: 2))
{
    trial = pipeline.Task("trial", component: "train")
        .With("data", data["data"])
        .With("rate", rate.Item)
        .Retry(1, TimeSpan.FromSeconds(5));
}

var choose = pipeline.Task("choose").With("trials", trial["trial"].Collected());

using (pipeline.If(choose["score"] >= goal))
{
    pipeline.Task("final", component: "train")
        .With("data", data["data"])
        .With("rate", choose["rate"])
        .With("steps", 200)
        .Caching(false);
}

pipeline.OnExit("notify").With("message", $"{Run.Name}: trained on {rows} rows");

return pipeline.Print();

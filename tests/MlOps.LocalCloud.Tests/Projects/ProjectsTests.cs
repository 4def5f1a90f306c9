using System.Text.Json.Nodes;

namespace MlOps.LocalCloud.Tests.Projects;

public sealed class ProjectsTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    [Fact]
    public async Task Every_project_exists_with_a_number_of_its_own()
    {
        var one = (await cloud.GetAsync("/v1/projects/one")).Ok();
        var other = (await cloud.GetAsync("/v1/projects/other")).Ok();
        Assert.Equal(("one", "ACTIVE"), (one["projectId"], one["lifecycleState"]));
        Assert.Matches("^[0-9]{12}$", one["projectNumber"]);
        Assert.NotEqual(one["projectNumber"], other["projectNumber"]);
        Assert.Equal($"projects/{one["projectNumber"]}", (await cloud.GetAsync("/v3/projects/one")).Ok()["name"]);
    }

    [Fact]
    public async Task Projects_that_something_is_in_are_listed_with_their_locations()
    {
        (await cloud.PostAsync("/v1/projects/held/locations/europe-west1/repositories?repositoryId=ml", """{"format": "DOCKER"}""")).Ok();
        Assert.Equal(["held", "local"], Names((await cloud.GetAsync("/v1/projects?filter=lifecycleState:ACTIVE&pageSize=500")).Ok().Json, "projects", "projectId"));
        Assert.Equal(["europe-west1", "us-central1"], Names((await cloud.GetAsync("/v1beta2/projects/held/locations")).Ok().Json, "locations", "locationId"));
        Assert.Equal(["us-central1"], Names((await cloud.GetAsync("/v1/projects/local/locations")).Ok().Json, "locations", "locationId"));
    }

    [Fact]
    public async Task What_is_served_is_on_and_nothing_else_can_be_switched_on()
    {
        Assert.Contains("cloudbuild.googleapis.com", Names((await cloud.GetAsync("/v1/projects/p/services?filter=state:ENABLED")).Ok().Json, "services", "config"));
        var on = (await cloud.PostAsync("/v1/projects/p/services/cloudbuild.googleapis.com:enable", "{}")).Ok().Json;
        Assert.Equal(("true", "ENABLED"), (on["done"]!.ToString(), on["response"]!["service"]!["state"]!.ToString()));
        (await cloud.PostAsync("/v1/projects/p/services:batchEnable", """{"serviceIds": ["cloudbuild.googleapis.com", "secretmanager.googleapis.com"]}""")).Ok();
        var refused = await cloud.PostAsync("/v1/projects/p/services:batchEnable", """{"serviceIds": ["cloudbuild.googleapis.com", "run.googleapis.com"]}""");
        Assert.Equal((400, "FAILED_PRECONDITION"), (refused.Status, refused.Json["error"]!["status"]!.ToString()));
        Assert.Contains("run.googleapis.com", refused.Text);
        Assert.Equal("DISABLED", (await cloud.GetAsync("/v1/projects/p/services/run.googleapis.com")).Ok()["state"]);
    }

    private static string[] Names(JsonObject list, string items, string field) =>
        [.. list[items]!.AsArray().Select(item => item![field] is JsonObject inner ? inner["name"]!.ToString() : item[field]!.ToString())];
}

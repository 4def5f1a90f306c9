using System.Diagnostics;
using System.Text.Json.Nodes;
using MlOps.Containers;
using MlOps.Core.Problems;
using MlOps.LocalCloud.Tests.Storage;

namespace MlOps.LocalCloud.Tests.Hosting;

/// <summary>The services together: an image that the engine pushed is run by name and digest of Google, and what it wrote is in Storage.</summary>
public sealed class PipelineTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private const string Jobs = "/v1/projects/local/locations/us-central1/pipelineJobs";

    [Fact]
    public async Task A_pipeline_over_REST_runs_an_image_of_the_local_registry_that_reaches_the_cloud()
    {
        await RequireAsync("python:3.11-slim");
        var local = $"127.0.0.1:{cloud.Owner.Http.Port}/us-central1/local/ml/python-by-test";
        await DockerAsync("tag", "python:3.11-slim", $"{local}:v1");
        try
        {
            var digest = (await DockerAsync("push", $"{local}:v1")).Split("digest: ")[1].Split(' ')[0];
            await DockerAsync("rmi", $"{local}:v1");
            (await cloud.PostAsync($"{Jobs}?pipelineJobId=together", Job($"us-central1-docker.pkg.dev/local/ml/python-by-test@{digest}"))).Ok();
            var ended = await EndedAsync("together");
            Assert.True(ended["state"]!.ToString() == "PIPELINE_STATE_SUCCEEDED", ended.ToJsonString());
            var name = Assert.Single(await cloud.NamesAsync("local", "prefix=root/together/"), name => name.EndsWith("/out", StringComparison.Ordinal));
            Assert.Equal(cloud.Owner.Instance, (await cloud.ReadAsync("local", name)).Ok().Text);
        }
        finally
        {
            var names = await DockerAsync("images", "--digests", "--format", "{{.Repository}}@{{.Digest}}", local);
            await DockerAsync(["rmi", "--force", $"{local}:v1", .. names.Split('\n', StringSplitOptions.RemoveEmptyEntries)]);
        }
    }

    [Fact]
    public async Task A_request_without_a_body_has_an_empty_message_whatever_its_content_type_says()
    {
        using var form = new FormUrlEncodedContent([]);
        Assert.Equal(404, (int)(await cloud.SendAsync(HttpMethod.Post, $"{Jobs}/nothing:cancel", form)).Status);
        Assert.Equal(404, (int)(await cloud.SendAsync(HttpMethod.Post, $"{Jobs}/nothing:cancel")).Status);
    }

    [Fact]
    public async Task A_job_whose_template_is_uploaded_names_its_version()
    {
        var version = (await Kfp.KfpCalls.UploadAsync(cloud, "templates", """{"pipelineInfo": {"name": "empty"}, "schemaVersion": "2.1.0", "root": {"dag": {"tasks": {}}}, "components": {}, "deploymentSpec": {"executors": {}}}""", "v1")).Ok().Text;
        var job = (await cloud.PostAsync(
            $"{Jobs}?pipelineJobId=templated", """{"templateUri": "https://us-central1-kfp.pkg.dev/local/templates/empty/v1", "runtimeConfig": {"gcsOutputDirectory": "gs://local/root"}}""")).Ok();
        Assert.Equal(version["empty/".Length..], job.Json["templateMetadata"]!["version"]!.ToString());
        var missing = await cloud.PostAsync(Jobs, """{"templateUri": "https://us-central1-kfp.pkg.dev/local/templates/empty/v2", "runtimeConfig": {"gcsOutputDirectory": "gs://local/root"}}""");
        Assert.Equal((404, "NOT_FOUND"), (missing.Status, missing.Json["error"]!["status"]!.ToString()));
    }

    private static string Job(string image) => """
        {"displayName": "together", "runtimeConfig": {"gcsOutputDirectory": "gs://local/root"}, "pipelineSpec": {
          "pipelineInfo": {"name": "together"}, "schemaVersion": "2.1.0", "sdkVersion": "x",
          "root": {"dag": {"tasks": {"ask": {"taskInfo": {"name": "ask"}, "componentRef": {"name": "comp-ask"}, "cachingOptions": {}}}}},
          "components": {"comp-ask": {"executorLabel": "exec-ask", "outputDefinitions": {"artifacts": {"out": {"artifactType": {"schemaTitle": "system.Artifact", "schemaVersion": "0.0.1"}}}}}},
          "deploymentSpec": {"executors": {"exec-ask": {"container": {
            "image": "IMAGE",
            "command": ["python3", "-c", "import json, os, sys, urllib.request\nos.makedirs(os.path.dirname(sys.argv[1]), exist_ok=True)\nopen(sys.argv[1], 'w').write(json.load(urllib.request.urlopen(os.environ['MLOPS_CLOUD'] + '/mlops/cloud'))['instance'])"],
            "args": ["{{$.outputs.artifacts['out'].path}}"]}}}}
        }}
        """.Replace("IMAGE", image, StringComparison.Ordinal);

    private async Task<JsonObject> EndedAsync(string job)
    {
        while (true)
        {
            var now = (await cloud.GetAsync($"{Jobs}/{job}")).Ok().Json;
            if (now["state"]?.ToString() is "PIPELINE_STATE_SUCCEEDED" or "PIPELINE_STATE_FAILED" or "PIPELINE_STATE_CANCELLED")
            {
                return now;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestCloud.Cancel);
        }
    }

    private static async Task RequireAsync(string image)
    {
        try
        {
            await using var engine = await ContainerEngine.ConnectAsync(TestCloud.Cancel);
            await engine.Client.Images.InspectImageAsync(image, TestCloud.Cancel);
        }
        catch (MachineLacksException)
        {
            Assert.Skip("No Docker engine answers.");
        }
        catch (Docker.DotNet.DockerImageNotFoundException)
        {
            Assert.Skip($"The engine has no image {image}: make base-images.");
        }
    }

    private static async Task<string> DockerAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var docker = Process.Start(start)!;
        var (output, errors) = (docker.StandardOutput.ReadToEndAsync(TestCloud.Cancel), docker.StandardError.ReadToEndAsync(TestCloud.Cancel));
        await docker.WaitForExitAsync(TestCloud.Cancel);
        Assert.True(docker.ExitCode == 0 || arguments[0] == "rmi", $"docker {arguments[0]}: {await errors}");
        return await output;
    }
}

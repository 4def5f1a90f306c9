using System.Formats.Tar;
using System.IO.Compression;
using Google.Cloud.CloudBuild.V1;
using Google.Cloud.SecretManager.V1;
using Google.Protobuf;
using MlOps.Core.Images;
using MlOps.LocalCloud.Tests.Storage;
using static MlOps.LocalCloud.Tests.CloudBuild.TestBuilds;
using FailureType = Google.Cloud.CloudBuild.V1.Build.Types.FailureInfo.Types.FailureType;
using Status = Google.Cloud.CloudBuild.V1.Build.Types.Status;

namespace MlOps.LocalCloud.Tests.CloudBuild;

/// <summary>Source in, secrets, artifacts and images out.</summary>
public sealed class WholeBuildTests(TestBuilds builds) : IClassFixture<TestBuilds>
{
    [Fact]
    public async Task A_source_from_Storage_is_the_workspace_and_artifacts_go_back_to_it()
    {
        await UploadAsync("sources", "s.tgz", ("in.txt", "from source"));
        var build = Shell("cat in.txt; mkdir out; cp in.txt out/result.txt");
        build.Source = new Source { StorageSource = new StorageSource { Bucket = "sources", Object = "s.tgz" } };
        build.Artifacts = new() { Objects = new() { Location = "gs://results/made", Paths = { "out/*.txt" } } };

        var (ended, log) = await builds.SucceedAsync(build);

        Assert.Contains("from source\n", log);
        Assert.Equal("from source", (await builds.Cloud.ReadAsync("results", "made/out/result.txt")).Ok().Text);
        Assert.Equal(1, ended.Results.NumArtifacts);
        Assert.Contains($"artifacts-{ended.Id}.json", ended.Results.ArtifactManifest);
        Assert.True(ended.SourceProvenance.ResolvedStorageSource.Generation > 0);
        Assert.Equal(["BUILD", "FETCHSOURCE", "PUSH", "SETUPBUILD"], ended.Timing.Keys.Order());
        Assert.Empty(await builds.LeftAsync(ended));
    }

    [Fact]
    public async Task A_source_that_is_not_there_fails_the_build_before_any_step()
    {
        var build = Shell("true");
        build.Source = new Source { StorageSource = new StorageSource { Bucket = "sources", Object = "missing.tgz" } };

        var (ended, _) = await builds.RunAsync(build);

        Assert.Equal((Status.Failure, FailureType.FetchSourceFailed), (ended.Status, ended.FailureInfo.Type));
        Assert.Equal(Status.Queued, ended.Steps[0].Status);
        Assert.Empty(await builds.LeftAsync(ended));
    }

    [Fact]
    public async Task A_secret_is_in_its_steps_environment_and_not_in_the_log_or_the_build()
    {
        var client = new SecretManagerService.SecretManagerServiceClient(builds.Cloud.Grpc);
        await client.CreateSecretAsync(new CreateSecretRequest { Parent = $"projects/{Project}", SecretId = "token", Secret = new() { Replication = new() { Automatic = new() } } }, cancellationToken: Cancel);
        await client.AddSecretVersionAsync(new AddSecretVersionRequest { Parent = $"projects/{Project}/secrets/token", Payload = new() { Data = ByteString.CopyFromUtf8("hunter2!") } }, cancellationToken: Cancel);
        var with = ShellStep("echo \"$TOKEN\"; echo \"-$TOKEN-\" >&2; echo ${#TOKEN}; printf hunt; printf 'er2!\\n'");
        with.SecretEnv.Add("TOKEN");
        var build = new Build
        {
            Steps = { with, ShellStep("echo [${TOKEN:-none}]") },
            AvailableSecrets = new Secrets { SecretManager = { new SecretManagerSecret { VersionName = $"projects/{Project}/secrets/token/versions/latest", Env = "TOKEN" } } },
        };

        var (ended, log) = await builds.SucceedAsync(build);

        Assert.DoesNotContain("hunter2!", log);
        Assert.Contains("Step #0: ***\n", log);
        Assert.Contains("Step #0: -***-\n", log);
        Assert.Contains("Step #0: 8\n", log);
        Assert.Contains("Step #1: [none]\n", log);
        Assert.DoesNotContain("hunter2!", ended.ToString());
    }

    [Fact]
    public async Task A_secret_that_is_not_there_is_named()
    {
        var step = ShellStep("true");
        step.SecretEnv.Add("TOKEN");
        var name = $"projects/{Project}/secrets/absent/versions/1";

        var (ended, log) = await builds.RunAsync(new Build { Steps = { step }, AvailableSecrets = new Secrets { SecretManager = { new SecretManagerSecret { VersionName = name, Env = "TOKEN" } } } });

        Assert.Equal(Status.Failure, ended.Status);
        Assert.Contains($"ERROR: failed to access secret version for secret {name}", log);
        Assert.Contains($"gcloud secrets create absent --project {Project} --data-file FILE", log);
    }

    [Fact]
    public async Task An_image_is_pushed_after_the_steps_and_its_digest_told()
    {
        var name = $"us-central1-docker.pkg.dev/{Project}/ml/by-test-{Guid.NewGuid():N}:v1";
        await builds.Engine.Images.TagAsync(Image, ImageReference.Parse(name), Cancel);
        try
        {
            var build = Shell("true");
            build.Images.Add(name);

            var (ended, log) = await builds.SucceedAsync(build);

            Assert.Equal([name], ended.Artifacts.Images);
            var pushed = Assert.Single(ended.Results.Images);
            Assert.Equal(name, pushed.Name);
            Assert.True(Digest.TryParse(pushed.Digest, out _));
            Assert.NotNull(pushed.PushTiming);
            Assert.Contains($"PUSH\nPushing {name}\n", log);
        }
        finally
        {
            await builds.Engine.Client.Images.DeleteImageAsync(name, new(), Cancel);
        }
    }

    [Fact]
    public async Task An_image_that_no_step_has_built_fails_the_build()
    {
        var build = Shell("true");
        build.Images.Add($"us-central1-docker.pkg.dev/{Project}/ml/never-built-by-test");

        var (ended, log) = await builds.RunAsync(build);

        Assert.Equal((Status.Failure, FailureType.PushImageNotFound), (ended.Status, ended.FailureInfo.Type));
        Assert.EndsWith($"ERROR: failed to find one or more images after execution of build steps: [\"{build.Images[0]}\"]\n", log);
    }

    [Fact]
    public async Task A_log_grows_where_the_object_will_be_and_is_complete_when_the_build_ends()
    {
        var build = await builds.CreateAsync(Shell("echo begun; until [ -e /workspace/never ]; do sleep 0.1; done"));
        var file = Path.Combine(builds.Cloud.Options.StateFolder, "cloudbuild", "logs", $"log-{build.Id}.txt");
        while (!File.Exists(file) || !await HasBegunAsync(file))
        {
            await Task.Yield();
        }

        Assert.Equal(404, (await builds.Cloud.ReadAsync(build.LogsBucket["gs://".Length..], $"log-{build.Id}.txt")).Status);
        var ended = await builds.Client.CancelBuildAsync(new CancelBuildRequest { Name = build.Name }, cancellationToken: Cancel);
        Assert.Contains("begun\n", await builds.LogAsync(ended));
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task A_build_that_wants_no_log_has_none()
    {
        var build = Shell("echo quiet");
        build.Options = new BuildOptions { Logging = BuildOptions.Types.LoggingMode.None };

        var ended = await builds.EndedAsync(await builds.CreateAsync(build));

        Assert.Equal(Status.Success, ended.Status);
        Assert.Equal(404, (await builds.Cloud.ReadAsync(ended.LogsBucket["gs://".Length..], $"log-{ended.Id}.txt")).Status);
    }

    [Fact]
    public async Task What_a_step_starts_through_its_socket_is_gone_when_the_build_has_ended()
    {
        // Nothing in the image speaks the engine's API; the socket itself is there.
        var (ended, log) = await builds.SucceedAsync(Shell("test -S /var/run/docker.sock && echo there"));

        Assert.Contains("there\n", log);
        Assert.Empty(await builds.LeftAsync(ended));
    }

    private static async Task<bool> HasBegunAsync(string path)
    {
        using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return (await file.ReadToEndAsync(Cancel)).Contains("begun", StringComparison.Ordinal);
    }

    private async Task UploadAsync(string bucket, string name, params (string Path, string Text)[] files)
    {
        using var archive = new MemoryStream();
        await using (var zipped = new GZipStream(archive, CompressionLevel.Fastest, leaveOpen: true))
        await using (var tar = new TarWriter(zipped))
        {
            foreach (var (path, text) in files)
            {
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)) }, Cancel);
            }
        }

        (await builds.Cloud.SendAsync(HttpMethod.Post, $"/upload/storage/v1/b/{bucket}/o?uploadType=media&name={name}", new ByteArrayContent(archive.ToArray()))).Ok();
    }
}

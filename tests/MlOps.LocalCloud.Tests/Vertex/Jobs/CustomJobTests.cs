using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;

namespace MlOps.LocalCloud.Tests.Vertex.Jobs;

/// <summary>Custom jobs on the real engine.</summary>
public sealed class CustomJobTests(TestVertex vertex) : IClassFixture<TestVertex>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_job_reads_and_writes_buckets_and_is_told_where_its_output_goes(bool engineSeesOurFiles)
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        await using var own = new TestVertex { SharesFiles = engineSeesOurFiles };
        await own.InitializeAsync();
        own.Write($"gs://{Specs.Bucket}/in/data.txt", "data");
        var job = Specs.Job(Specs.Shell(
            $"""
            cat /gcs/{Specs.Bucket}/in/data.txt > /tmp/read; printf ' %s' "$0" "$GREETING" >> /tmp/read
            mkdir -p /gcs/{Specs.Bucket}/out/model /gcs/quite-new-bucket/a; cp /tmp/read /gcs/{Specs.Bucket}/out/model/m; echo new > /gcs/quite-new-bucket/a/b
            printf '%s\n' "$AIP_MODEL_DIR" "$AIP_CHECKPOINT_DIR" "$AIP_TENSORBOARD_LOG_DIR" > /gcs/{Specs.Bucket}/out/env; env | grep -c ^TF_CONFIG= >> /gcs/{Specs.Bucket}/out/env || true
            printf %s "$CLUSTER_SPEC" > /gcs/{Specs.Bucket}/out/cluster
            """,
            "--epochs=1"));
        job.JobSpec.WorkerPoolSpecs[0].ContainerSpec.Env.Add([new EnvVar { Name = "WHO", Value = "you" }, new EnvVar { Name = "GREETING", Value = "hello $(WHO)" }]);
        job.JobSpec.BaseOutputDirectory = new GcsDestination { OutputUriPrefix = $"gs://{Specs.Bucket}/out" };
        var ended = await own.RunAsync(job);

        Assert.True(ended.State == JobState.Succeeded, ended.Told());
        Assert.Null(ended.Error);
        Assert.True(ended.CreateTime.CompareTo(ended.StartTime) <= 0 && ended.StartTime.CompareTo(ended.EndTime) <= 0, ended.Told());
        Assert.Equal("data --epochs=1 hello you", own.Read($"gs://{Specs.Bucket}/out/model/m"));
        Assert.Equal($"gs://{Specs.Bucket}/out/model/\ngs://{Specs.Bucket}/out/checkpoints/\ngs://{Specs.Bucket}/out/logs/\n0\n", own.Read($"gs://{Specs.Bucket}/out/env"));
        if (engineSeesOurFiles)
        {
            Assert.Equal("new\n", own.Read("gs://quite-new-bucket/a/b"));
        }

        var cluster = JsonNode.Parse(own.Read($"gs://{Specs.Bucket}/out/cluster"))!;
        Assert.Equal("workerpool0", cluster["task"]!["type"]!.ToString());
        Assert.Matches("^cmle-training-workerpool0-[0-9a-f]{10}-0:2222$", cluster["cluster"]!["workerpool0"]![0]!.ToString());
        Assert.Equal("n1-standard-4", cluster["job"]!["worker_pool_specs"]![0]!["machine_spec"]!["machine_type"]!.ToString());
        Assert.Empty(await own.ContainersAsync());
    }

    [Fact]
    public async Task Replicas_find_each_other_and_the_first_ends_the_job()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        // Again and again: while one listener gives way to the next, a connection may be taken and its line be lost.
        var workers = Specs.Shell("name=$(echo \"$CLUSTER_SPEC\" | sed 's/.*\"workerpool0\":\\[\"\\([^:]*\\):.*/\\1/'); echo \"$TF_CONFIG\" | grep -q '\"type\":\"worker\"'; while true; do echo here | nc \"$name\" 2222 || true; sleep 0.1; done");
        workers.ReplicaCount = 2;
        var job = await vertex.RunAsync(Specs.Job(Specs.Shell("for i in 1 2; do until nc -l -p 2222 | grep here; do :; done; done; echo \"$TF_CONFIG\" | grep -q '\"type\":\"chief\"'"), workers));

        Assert.True(job.State == JobState.Succeeded, job.Told());
        Assert.Empty(await vertex.ContainersAsync());
    }

    [Fact]
    public async Task A_failing_replica_fails_the_job_and_is_named_with_its_last_lines()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        var job = await vertex.RunAsync(Specs.Job(Specs.Shell("sleep 600"), new WorkerPoolSpec(), Specs.Shell("echo about to fail; echo broken >&2; exit 3")));

        Assert.Equal(JobState.Failed, job.State);
        Assert.Equal(3, job.Error.Code);
        Assert.StartsWith("The replica workerpool2-0 exited with a non-zero status of 3. Termination reason: Error. Its last lines:\n", job.Error.Message);
        Assert.Contains("broken", job.Error.Message);
        Assert.Empty(await vertex.ContainersAsync());
    }

    [Fact]
    public async Task A_job_that_runs_too_long_is_stopped()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        var late = Specs.Job(Specs.Shell("echo slow; exec sleep 600"));
        late.JobSpec.Scheduling = new Scheduling { Timeout = TimeSpan.FromSeconds(1).ToDuration() };
        var job = await vertex.RunAsync(late);

        Assert.Equal(JobState.Failed, job.State);
        Assert.Contains("longer than its timeout of 1s", job.Error.Message);
        Assert.Contains("slow", job.Error.Message);
        Assert.Empty(await vertex.ContainersAsync());
    }

    [Fact]
    public async Task Cancelling_stops_the_container_at_once_and_leaves_nothing()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        var job = await vertex.StartAsync(Specs.Job(Specs.Shell("trap '' TERM; echo ready; while true; do sleep 0.1; done")));
        await vertex.JobPrintedAsync(job.Name, "workerpool0-0", "ready");
        var clock = Stopwatch.StartNew();
        await vertex.Jobs.CancelCustomJobAsync(new CancelCustomJobRequest { Name = job.Name }, cancellationToken: TestVertex.Cancel);
        Assert.Contains((await vertex.GetJobAsync(job.Name)).State, new[] { JobState.Cancelling, JobState.Cancelled });
        var ended = await vertex.EndedJobAsync(job.Name);

        Assert.Equal((JobState.Cancelled, 1), (ended.State, ended.Error.Code));
        Assert.Empty(await vertex.ContainersAsync());
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), clock.Elapsed.ToString());

        // Once more changes nothing.
        await vertex.Jobs.CancelCustomJobAsync(new CancelCustomJobRequest { Name = job.Name }, cancellationToken: TestVertex.Cancel);
        Assert.Equal(ended, await vertex.GetJobAsync(job.Name));
    }

    [Fact]
    public async Task A_restart_picks_the_container_up_and_a_lost_one_ends_the_job_with_a_stated_error()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        await using var own = new TestVertex();
        await own.InitializeAsync();
        var kept = await own.StartAsync(Specs.Job(Specs.Shell($"echo begun >> /gcs/{Specs.Bucket}/log; echo ready; until test -e /gcs/{Specs.Bucket}/go; do sleep 0.1; done; echo done >> /gcs/{Specs.Bucket}/log")));
        var lost = await own.StartAsync(Specs.Job(Specs.Shell("echo ready; sleep 600")));
        var cancelled = await own.StartAsync(Specs.Job(Specs.Shell("echo ready; sleep 600")));
        await Task.WhenAll(new[] { kept, lost, cancelled }.Select(job => own.JobPrintedAsync(job.Name, "workerpool0-0", "ready")));
        await own.RestartAsync(async () =>
        {
            foreach (var container in await engine.Containers.ListAsync("mlops.vertex.job", lost.Name, TestVertex.Cancel))
            {
                await engine.Containers.RemoveAsync(container.ID, TestVertex.Cancel);
            }
        });
        await own.Jobs.CancelCustomJobAsync(new CancelCustomJobRequest { Name = cancelled.Name }, cancellationToken: TestVertex.Cancel);
        own.Write($"gs://{Specs.Bucket}/go", "");

        Assert.Equal(JobState.Succeeded, (await own.EndedJobAsync(kept.Name)).State);
        Assert.Equal("begun\ndone\n", own.Read($"gs://{Specs.Bucket}/log"));
        Assert.Contains("containers are gone", (await own.EndedJobAsync(lost.Name)).Error.Message);
        Assert.Equal(JobState.Cancelled, (await own.EndedJobAsync(cancelled.Name)).State);
        Assert.Empty(await own.ContainersAsync());
    }

    [Fact]
    public async Task A_python_package_is_installed_and_its_module_run()
    {
        await using var engine = await TestVertex.EngineAsync("python:3.11-slim");
        using (var wheel = new MemoryStream())
        {
            using (var zip = new ZipArchive(wheel, ZipArchiveMode.Create, leaveOpen: true))
            {
                void Add(string name, string text)
                {
                    using var writer = new StreamWriter(zip.CreateEntry(name).Open());
                    writer.Write(text);
                }

                Add("trainer/__init__.py", "");
                Add("trainer/task.py", $"import sys\nopen('/gcs/{Specs.Bucket}/python.txt', 'w').write(' '.join(sys.argv[1:]))\n");
                Add("trainer-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: trainer\nVersion: 1.0\n");
                Add("trainer-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
                Add("trainer-1.0.dist-info/RECORD", "");
            }

            Directory.CreateDirectory(Path.Combine(vertex.StorageFolder, Specs.Bucket));
            // The stand-in image has no pip: this one does what is needed of it.
            vertex.Write($"gs://{Specs.Bucket}/lib/pip/__main__.py", "import sys, zipfile\nassert sys.argv[1] == 'install'\n[zipfile.ZipFile(p).extractall('/tmp/site') for p in sys.argv if p.endswith('.whl')]\n");
            await File.WriteAllBytesAsync(Path.Combine(vertex.StorageFolder, Specs.Bucket, "trainer-1.0-py3-none-any.whl"), wheel.ToArray(), TestVertex.Cancel);
        }

        var job = await vertex.RunAsync(Specs.Job(new WorkerPoolSpec
        {
            MachineSpec = new MachineSpec { MachineType = "n1-standard-4" },
            PythonPackageSpec = new PythonPackageSpec
            {
                ExecutorImageUri = "python:3.11-slim",
                PackageUris = { $"gs://{Specs.Bucket}/trainer-1.0-py3-none-any.whl" },
                PythonModule = "trainer.task",
                Args = { "--a b", "--c" },
                Env = { new EnvVar { Name = "PYTHONPATH", Value = $"/gcs/{Specs.Bucket}/lib:/tmp/site" } },
            },
        }));

        Assert.True(job.State == JobState.Succeeded, job.Told());
        Assert.Equal("--a b --c", vertex.Read($"gs://{Specs.Bucket}/python.txt"));
    }

    [Fact]
    public async Task An_image_or_a_command_that_cannot_be_had_is_named()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        var noImage = Specs.Shell("true");
        noImage.ContainerSpec.ImageUri = "127.0.0.1:9/mlops-test/none:1";
        var noCommand = Specs.Shell("true");
        noCommand.ContainerSpec.Command.Clear();
        noCommand.ContainerSpec.Command.Add("no-such-tool");

        Assert.Contains("127.0.0.1:9/mlops-test/none:1", (await vertex.RunAsync(Specs.Job(noImage))).Error.Message);
        Assert.Contains("no-such-tool", (await vertex.RunAsync(Specs.Job(noCommand))).Error.Message);
        Assert.Empty(await vertex.ContainersAsync());
    }
}

using Google.Cloud.CloudBuild.V1;
using Google.Protobuf.WellKnownTypes;
using MlOps.Containers;
using MlOps.Core.Problems;
using MlOps.LocalCloud.CloudBuild.Logs;
using MlOps.LocalCloud.CloudBuild.Tables;
using MlOps.LocalCloud.Hosting;
using static Google.Cloud.CloudBuild.V1.Build.Types.FailureInfo.Types;
using Status = Google.Cloud.CloudBuild.V1.Build.Types.Status;

namespace MlOps.LocalCloud.CloudBuild.Running;

/// <summary>Runs builds, each from its source to its artifacts, and ends them: whatever happens, with a status, with its log in Storage, and with nothing left on the engine.</summary>
internal sealed class BuildRunner(CloudBuildOptions options, BuildTable builds, LogKeeping logs) : IAsyncDisposable
{
    private readonly EngineAccess _access = new(options.ConnectAsync, options.SurroundingsAsync);
    private readonly SemaphoreSlim _slots = new(options.MaxSteps);

    /// <summary>Returns when the build has ended and its last form is written down.</summary>
    public async Task RunAsync(LiveBuild live, CancellationToken stopping)
    {
        live.Change(build => (build.Status, build.StartTime) = (Status.Working, Now));
        var build = live.Describe();
        builds.Put(build, tidy: false);
        BuildEnd end;
        bool isTidy;
        using (var log = logs.Open(build))
        {
            (end, isTidy) = await RunAsync(live, build, log, stopping);
            End(log, end);
        }

        await EndAsync(live, end, isTidy);
    }

    /// <summary>Ends a build that an earlier process has left in the middle.</summary>
    public async Task EndLeftAsync(Build build, string reason, CancellationToken cancel)
    {
        var end = BuildEnd.Broken(reason);
        if (!build.Status.IsFinal())
        {
            using (var log = logs.Open(build))
            {
                End(log, end);
            }
        }

        var isTidy = await TidyAsync(build.Id, cancel);
        if (build.Status.IsFinal())
        {
            builds.Put(build, isTidy);
            return;
        }

        using var live = new LiveBuild(build);
        await EndAsync(live, end, isTidy);
    }

    public async ValueTask DisposeAsync()
    {
        await _access.DisposeAsync();
        _slots.Dispose();
    }

    private Timestamp Now => options.Time.GetUtcNow().ToTimestamp();

    private async Task<(BuildEnd End, bool IsTidy)> RunAsync(LiveBuild live, Build build, BuildLog log, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(build.Timeout.ToTimeSpan(), options.Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, live.Cancelled, stopping);
        var folder = Directory.CreateDirectory(Path.Combine(options.StateFolder, "work", build.Id));
        var end = BuildEnd.Success;
        var run = new BuildRun(live, options, _access, _slots, log, folder.FullName);
        try
        {
            await using (run)
            {
                await run.RunAsync(stop.Token);
            }
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            end = live.Cancelled.IsCancellationRequested ? BuildEnd.Cancelled
                : stopping.IsCancellationRequested ? BuildEnd.Broken("The local cloud was stopped while the build ran. Submit it again.")
                : BuildEnd.Timeout;
        }
        catch (BuildFaultException fault)
        {
            end = BuildEnd.Failed(fault);
        }
        catch (InvalidInputException wrong)
        {
            end = BuildEnd.Failed(new BuildFaultException(FailureType.Unspecified, wrong.Message, wrong));
        }
        catch (Exception error)
        {
            end = BuildEnd.Broken(error.Message);
        }

        var isTidy = run.Engine is null || await TidyAsync(run.Engine, build.Id);
        return (end, Remove(folder) && isTidy);
    }

    /// <returns>False where something of it is left: the next start of the cloud tries again.</returns>
    private static bool Remove(DirectoryInfo folder)
    {
        try
        {
            folder.Delete(recursive: true);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private async Task EndAsync(LiveBuild live, BuildEnd end, bool isTidy)
    {
        end = await KeepLogAsync(live.Describe(), end);
        live.Change(build =>
        {
            (build.Status, build.StatusDetail, build.FailureInfo, build.FinishTime) = (end.Status, end.Detail, end.Failure, Now);
        });
        builds.Put(live.Describe(), isTidy);
    }

    /// <summary>The log is complete before the build is.</summary>
    private async Task<BuildEnd> KeepLogAsync(Build build, BuildEnd end)
    {
        try
        {
            await logs.KeepAsync(build);
            return end;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return end.Status == Status.Success ? BuildEnd.Failed(new BuildFaultException(FailureType.LoggingFailure, $"the log cannot be kept in {build.LogsBucket}: {error.Message}", error)) : end;
        }
    }

    private static void End(BuildLog log, BuildEnd end)
    {
        try
        {
            foreach (var line in end.LogLines)
            {
                log.Add(line);
            }
        }
        catch (BuildFaultException)
        {
            // The log could not be written before either: that is how the build ended.
        }
    }

    private async Task<bool> TidyAsync(string buildId, CancellationToken cancel)
    {
        if (Path.Combine(options.StateFolder, "work", buildId) is var folder && Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        try
        {
            var (engine, _) = await _access.GetAsync(cancel);
            return await TidyAsync(engine, buildId);
        }
        catch (MachineLacksException)
        {
            // No engine answers: what is left there is removed at a later start.
            return false;
        }
    }

    /// <summary>Removes all that has the build's label.</summary>
    /// <returns>False where something is left: the next start of the cloud tries again.</returns>
    private async Task<bool> TidyAsync(ContainerEngine engine, string buildId)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await engine.RemoveLabelledAsync(BuildPlace.BuildLabel, buildId, CancellationToken.None);
                return true;
            }
            catch (Exception error) when (error is Docker.DotNet.DockerApiException or HttpRequestException or IOException)
            {
                if (attempt == 5)
                {
                    return false;
                }

                // Something that a step has started is only just ending.
                await Task.Delay(System.TimeSpan.FromMilliseconds(100 * attempt), options.Time);
            }
        }
    }
}

using Google.Cloud.CloudBuild.V1;
using Google.LongRunning;
using Google.Protobuf.WellKnownTypes;
using MlOps.CloudBuild.Checks;
using MlOps.CloudBuild.Config;
using MlOps.CloudBuild.Substitutions;
using MlOps.Core.Problems;
using MlOps.LocalCloud.CloudBuild.Tables;
using MlOps.LocalCloud.Hosting;
using Decision = Google.Cloud.CloudBuild.V1.ApprovalResult.Types.Decision;

namespace MlOps.LocalCloud.CloudBuild;

/// <summary>The one way into the queue, for CreateBuild, RetryBuild and triggers alike.</summary>
internal sealed class BuildIntake(BuildTable builds, BuildQueue queue, TimeProvider time)
{
    /// <summary>Checks a build, substitutes, records it as QUEUED (or PENDING where it needs an approval) and queues it.</summary>
    /// <param name="parent"><c>projects/P/locations/L</c></param>
    /// <param name="build">As it was sent; <c>buildTriggerId</c> set for a trigger's.</param>
    /// <param name="builtIns">Values of built-in substitutions that the caller knows (COMMIT_SHA, BRANCH_NAME, TRIGGER_NAME, …), by name; PROJECT_ID, BUILD_ID, PROJECT_NUMBER and LOCATION are added.</param>
    /// <param name="approvalRequired">Starts as PENDING.</param>
    /// <param name="places">Of the fields, where the build was read from a file here.</param>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT with every problem.</exception>
    public Task<Operation> CreateAsync(string parent, Build build, IReadOnlyDictionary<string, string> builtIns, bool approvalRequired, CancellationToken cancel, ConfigPlaces? places = null)
    {
        cancel.ThrowIfCancellationRequested();
        var name = new BuildName(BuildParent.Of(parent, ""), Guid.NewGuid().ToString());
        var problems = new List<Problem>();
        places ??= ConfigPlaces.None;
        BuildChecks.Check(build, places, problems);
        var substituted = Substitutor.Apply(build, BuiltIns(name, builtIns), build.BuildTriggerId.Length > 0, places, problems);
        BuildChecks.CheckResolved(substituted ?? build, substituted is not null, places, problems);
        if (substituted is null || problems.Exists(problem => problem.Severity == Severity.Error))
        {
            throw Rpc.Invalid(Refusal(problems, "invalid build"));
        }

        UnsupportedFields.Refuse(build);

        var accepted = AcceptedBuild.Of(substituted, name, builtIns, approvalRequired, time.GetUtcNow());
        accepted.Warnings.Add(LocalRemarks.Of(accepted));
        builds.Add(accepted, new BuildRequest(build, builtIns));
        queue.Add(accepted);
        return Task.FromResult(BuildOperations.Of(accepted));
    }

    /// <summary>Asks for what a build was asked for, once more.</summary>
    public Task<Operation> RetryAsync(Build build, CancellationToken cancel)
    {
        var request = builds.Request(build.Name) ?? throw Rpc.NotFound($"There is no build {build.Name}.");
        return CreateAsync(BuildName.Of(build.Name, "", "").Parent.ToString(), request.Build, request.BuiltIns, build.Approval is not null, cancel);
    }

    /// <returns>The build, QUEUED or CANCELLED.</returns>
    /// <exception cref="Grpc.Core.RpcException">FAILED_PRECONDITION: it does not wait for an approval.</exception>
    public Build Approve(Build build, ApprovalResult result)
    {
        var state = result.Decision switch
        {
            Decision.Approved => BuildApproval.Types.State.Approved,
            Decision.Rejected => BuildApproval.Types.State.Rejected,
            _ => throw Rpc.Invalid("approval_result.decision must be APPROVED or REJECTED."),
        };
        var decided = result.Clone();
        decided.ApprovalTime = time.GetUtcNow().ToTimestamp();
        var approval = new BuildApproval { State = state, Config = build.Approval?.Config, Result = decided };
        return queue.Decide(build.Name, approval) ?? throw Rpc.Precondition($"The build {build.Id} does not wait for an approval: it is {builds.Find(build.Name)?.Status.Name()}.");
    }

    /// <summary>Every error: in one line, or, where the build is a file's, a line each with its place.</summary>
    public static string Refusal(IEnumerable<Problem> problems, string what)
    {
        var errors = problems.Where(problem => problem.Severity == Severity.Error).Distinct().OrderBy(problem => problem.Line).ThenBy(problem => problem.Column).ToArray();
        return errors.FirstOrDefault(problem => problem.File is not null)?.File is { } file
            ? $"{what}:\n{string.Join('\n', errors.Select(problem => problem.ToString()))}\n'mlops config check {file}' tells it before a commit."
            : $"{what}: {string.Join(' ', errors.Select(problem => problem.Message.TrimEnd('.') + ".").Distinct(StringComparer.Ordinal))}";
    }

    private static Dictionary<string, string> BuiltIns(BuildName name, IReadOnlyDictionary<string, string> known) => new(known, StringComparer.Ordinal)
    {
        ["PROJECT_ID"] = name.Parent.Project,
        ["PROJECT_NUMBER"] = ProjectNumber.Of(name.Parent.Project),
        ["LOCATION"] = name.Parent.Location,
        ["BUILD_ID"] = name.Id,
    };
}

using MlOps.Google;
using MlOps.Steps.Project;
using MlOps.Steps.Workspaces;

namespace MlOps.Steps;

/// <summary>All that a step is given. Steps pass results to each other only by the workspace's records.</summary>
public sealed record DeliveryContext(
    ProjectFile Project, Workspace Workspace, DeliveryEnvironment Environment, GcpEndpoint Endpoint, DeliveryOptions Options, IDeliveryLog Log, TimeProvider Time)
{
    public EnvironmentPlace Place => new(Environment, Endpoint);
}

/// <param name="Strict">Warnings count as errors.</param>
/// <param name="InPlace">Rewrite changes the working tree's component files.</param>
/// <param name="AllowTags">Compile accepts images that are not pinned by digest.</param>
/// <param name="Base">Checkout: the revision that changed files are counted against; null = the merge base with the main branch, or the parent commit.</param>
/// <param name="Parallelism">How many tests, builds and pushes run side by side.</param>
public sealed record DeliveryOptions(bool Strict, bool InPlace, bool AllowTags, string? Base, int Parallelism)
{
    public static DeliveryOptions Default { get; } = new(Strict: false, InPlace: false, AllowTags: false, Base: null, Parallelism: Environment.ProcessorCount);
}

/// <summary>Where a step tells people how it gets on: a terminal, plain lines in CI, or a list in tests.</summary>
public interface IDeliveryLog
{
    /// <summary>A line about the work of a step; <paramref name="subject"/> is the component or pipeline that it is about, or null.</summary>
    void Line(string step, string? subject, string text);

    /// <summary>A line that a program which the step runs has printed; kept in a log file too.</summary>
    void Output(string step, string subject, string text);

    /// <summary>A finding that does not stop the step.</summary>
    void Warning(MlOps.Core.Problems.Problem problem);
}

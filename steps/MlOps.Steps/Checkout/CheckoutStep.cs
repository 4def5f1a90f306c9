using MlOps.Core.Graph;
using MlOps.Core.Problems;

namespace MlOps.Steps.Checkout;

/// <summary>Step 1: what is checked out, and what it changed.</summary>
public static class CheckoutStep
{
    public static Task<StepResult> RunAsync(DeliveryContext context, CancellationToken cancel)
    {
        var revision = Read(context);
        cancel.ThrowIfCancellationRequested();
        context.Workspace.Write(Records.Source, revision);
        return Task.FromResult(StepResult.Done(Summary(revision)));
    }

    /// <summary>
    /// What the checkout holds now, in short: the image tag. Null without git and commit. The record may be older than the files,
    /// where a step is run by itself after they were edited.
    /// </summary>
    internal static string? Now(DeliveryContext context) => RevisionReader.TagOf(context.Workspace.Root, context.Project.Name);

    private static SourceRevision Read(DeliveryContext context) =>
        RevisionReader.Read(context.Workspace.Root, context.Project.Name, context.Options.Base, BuildValues.FromEnvironment());

    private static string Summary(SourceRevision revision)
    {
        var of = revision.Branch ?? revision.Tag;
        var dirty = revision.Dirty ? ", with changes that are not committed" : "";
        var changed = revision switch
        {
            { ChangedFiles: null } => "what changed is unknown, so everything counts as changed",
            { Base: null, ChangedFiles: { } all } => $"first commit, {Quantity.Of(all.Length, "file")}",
            { ChangedFiles: { } some, Base: { } since } => $"{Quantity.Of(some.Length, "file")} changed since {since[..7]}",
        };
        return $"{revision.Repo} {(of is null ? "" : of + " ")}{revision.ShortCommit}{dirty}: {changed}";
    }
}

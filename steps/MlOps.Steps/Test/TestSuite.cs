using System.Collections.Immutable;
using MlOps.Steps.Project;

namespace MlOps.Steps.Test;

/// <summary>Tests that run together and are reported under one name.</summary>
/// <param name="Fingerprint">Of all that the tests depend on: the same one passes again. Empty where that is unknown.</param>
internal abstract record TestSuite(string Name, string Fingerprint)
{
    /// <summary>The tests across components.</summary>
    public const string Repo = "repo";

    /// <summary>Those that need the images.</summary>
    public const string Integration = "integration";
}

/// <summary>The stage <c>test</c> of a component's Dockerfile.</summary>
internal sealed record StageSuite(Component Component, string Fingerprint) : TestSuite(Component.Name, Fingerprint);

/// <summary>A command on the machine.</summary>
/// <param name="Folder">Where it runs.</param>
internal sealed record CommandSuite(string Name, string Command, string Folder, ReportFiles Reports, ImmutableDictionary<string, string> Environment, string Fingerprint) : TestSuite(Name, Fingerprint);

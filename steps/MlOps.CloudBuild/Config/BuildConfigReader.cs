using System.Collections.Immutable;
using Google.Cloud.CloudBuild.V1;
using Google.Protobuf;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Config;

/// <summary>What a file was read as.</summary>
/// <param name="Message">Null when it was refused.</param>
/// <param name="Errors">As gcloud words them; empty for a file that it accepts.</param>
/// <param name="Warnings">Ours: what gcloud passes over in silence, such as a key given twice.</param>
public sealed record ConfigReading<T>(T? Message, ConfigPlaces Places, ImmutableArray<ConfigError> Errors, ImmutableArray<Problem> Warnings)
    where T : class, IMessage<T>;

/// <param name="Type">gcloud's exception class: <c>ParserError</c>, <c>ParseProtoException</c>, …</param>
/// <param name="Message">gcloud's whole text.</param>
public sealed record ConfigError(string Type, string Message, SourceSpot Spot);

/// <summary>Reads cloudbuild.yaml and trigger files exactly as gcloud 528 does (<c>googlecloudsdk/api_lib/cloudbuild/cloudbuild_util.py</c>).</summary>
public static class BuildConfigReader
{
    /// <param name="file">Named in errors and places.</param>
    /// <param name="text">YAML 1.1 or JSON.</param>
    public static ConfigReading<Build> Read(string file, string text) => throw new NotSupportedException();

    /// <summary>A file of <c>gcloud builds triggers import</c>: one trigger a YAML document.</summary>
    public static ImmutableArray<ConfigReading<BuildTrigger>> ReadTriggers(string file, string text) => throw new NotSupportedException();
}

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Google.Protobuf;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Config;

/// <summary>What a file was read as.</summary>
/// <param name="Message">Null when it was refused.</param>
/// <param name="Errors">As gcloud words them, the first being the one that it reports; empty for a file that it accepts.</param>
/// <param name="Warnings">Ours: what gcloud passes over in silence, such as a key given twice.</param>
public sealed record ConfigReading<T>(T? Message, ConfigPlaces Places, ImmutableArray<ConfigError> Errors, ImmutableArray<Problem> Warnings)
    where T : class, IMessage<T>
{
    /// <summary>Every fault and warning for people, with "did you mean": those behind <see cref="Errors"/>, what gcloud lets through and the service cannot read, and <see cref="Warnings"/>.</summary>
    public ImmutableArray<Problem> Problems { get; init; } = [];

    /// <summary>What could be read although something was refused, so that the rest can be checked; null where the file is not a map.</summary>
    public T? Draft { get; init; }

    /// <summary>The JSON that gcloud sends, also where the message has no field for it (a trigger's <c>approvalConfig</c>, <c>includeBuildLogs</c>, …); null where gcloud sends none.</summary>
    public JsonObject? Sent { get; init; }
}

/// <param name="Type">gcloud's exception class: <c>ParserError</c>, <c>ParseProtoException</c>, <c>InvalidBuildConfigException</c>; or Python's own where gcloud crashes.</param>
/// <param name="Message">gcloud's whole text.</param>
public sealed record ConfigError(string Type, string Message, SourceSpot Spot);

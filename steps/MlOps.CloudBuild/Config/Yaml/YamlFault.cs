using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Config.Yaml;

/// <summary>The text cannot be read on: what Python raises where gcloud stops.</summary>
/// <param name="type"><c>YAMLError</c>, or the Python class of an exception that gcloud does not catch (<c>ValueError</c>, <c>KeyError</c>, …).</param>
internal sealed class YamlFault(string type, string message, SourceSpot spot) : Exception(message)
{
    /// <summary>What gcloud reports as its ParserError.</summary>
    public const string Parsing = "YAMLError";

    public string Type => type;

    public SourceSpot Spot => spot;
}

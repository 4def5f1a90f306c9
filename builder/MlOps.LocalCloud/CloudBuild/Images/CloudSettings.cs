using System.Text.RegularExpressions;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;

namespace MlOps.LocalCloud.CloudBuild.Images;

/// <summary>How a build's steps reach the Docker engine at <c>/var/run/docker.sock</c>.</summary>
internal enum DockerSocket
{
    /// <summary>Through <see cref="EngineSockets.EngineSocket"/>.</summary>
    Proxy,

    /// <summary>The engine's own socket: nothing is translated, labelled or removed.</summary>
    Engine,

    /// <summary>Not at all.</summary>
    None,
}

/// <summary>The local cloud's configuration for builds: <c>$MLOPS_HOME/cloud.yaml</c>, read for each build; it need not be there.</summary>
internal sealed partial record CloudSettings(ImageMapping Images, DockerSocket DockerSocket)
{
    public const string FileName = "cloud.yaml";
    private const string ImagesKey = "images", SocketKey = "dockerSocket";
    private static readonly CloudSettings Default = new(ImageMapping.None, DockerSocket.Proxy);

    /// <exception cref="InvalidInputException">Everything that is wrong with it.</exception>
    public static CloudSettings Read(string path)
    {
        if (!File.Exists(path))
        {
            return Default;
        }

        var problems = new List<Problem>();
        var settings = Parse(path, ReadText(path), problems);
        return problems.Count == 0 ? settings : throw new InvalidInputException(problems);
    }

    internal static CloudSettings Parse(string file, string text, ICollection<Problem> problems)
    {
        if (YamlText.ParseAll(file, text, problems) is not [var root, ..] || root is YamlScalar { Value: null })
        {
            return Default;
        }

        if (root is not YamlMap map)
        {
            problems.Add(Problem.Error("wrong-kind", $"The local cloud's configuration must be a map; this is {root.Kind}. Expected for one `images:`.", root.Spot));
            return Default;
        }

        foreach (var entry in map.Entries.Where(entry => entry.Key.Text is not (ImagesKey or SocketKey)))
        {
            problems.Add(Problem.Error("unknown-key", $"Unknown key '{entry.Key.Text}' in the local cloud's configuration.{Suggestion.For(entry.Key.Text, [ImagesKey, SocketKey])}", entry.Key.Spot));
        }

        return new CloudSettings(Mapping(map[ImagesKey], problems), Socket(map[SocketKey], problems));
    }

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException("unreadable", $"The local cloud's configuration cannot be read ({error.Message.TrimEnd('.')}).", new SourceSpot(path));
        }
    }

    private static ImageMapping Mapping(YamlNode? node, ICollection<Problem> problems)
    {
        switch (node)
        {
            case null or YamlScalar { Value: null }:
                return ImageMapping.None;
            case YamlMap map:
                return new ImageMapping([.. map.Entries.Select(entry => Rule(entry, problems)).OfType<MappedImage>()]);
            default:
                problems.Add(Problem.Error("wrong-kind", $"'{ImagesKey}' must be a map from an image's name to a local image; this is {node.Kind}.", node.Spot));
                return ImageMapping.None;
        }
    }

    private static MappedImage? Rule(YamlEntry entry, ICollection<Problem> problems)
    {
        var pattern = entry.Key.Text;
        if (!ImageReference.TryParse(pattern.Replace("*", "x", StringComparison.Ordinal), out _))
        {
            var scheme = Scheme().Match(pattern) is { Success: true } match ? $" Leave out '{match.Value}'." : "";
            problems.Add(Problem.Error("bad-image", $"'{pattern}' is not an image's name: expected [HOST/]PATH[:TAG] in lower case, '*' for any part of a path segment.{scheme}", entry.Key.Spot));
            return null;
        }

        if (entry.Value is not YamlScalar { Value: string text } || !ImageReference.TryParse(text, out var image))
        {
            var given = entry.Value is YamlScalar scalar ? $"'{scalar.Text}' is not" : $"{entry.Value.Kind} is not";
            problems.Add(Problem.Error("bad-image", $"{given} an image's name: expected the image that stands for '{pattern}', such as alpine/git:latest.", entry.Value.Spot));
            return null;
        }

        if (text == pattern)
        {
            problems.Add(Problem.Error("mapped-to-itself", $"'{pattern}' is mapped to itself: name a local image, or remove the line.", entry.Value.Spot));
        }

        return new MappedImage(pattern, image, entry.Key.Spot);
    }

    private static DockerSocket Socket(YamlNode? node, ICollection<Problem> problems)
    {
        switch (node)
        {
            case null or YamlScalar { Value: null }:
                return DockerSocket.Proxy;
            case YamlScalar { Text: "proxy" }:
                return DockerSocket.Proxy;
            case YamlScalar { Text: "engine" }:
                return DockerSocket.Engine;
            case YamlScalar { Text: "none" }:
                return DockerSocket.None;
            default:
                var given = node is YamlScalar scalar ? $"'{scalar.Text}'" : node.Kind;
                problems.Add(Problem.Error("unknown-value", $"'{SocketKey}' must be proxy, engine or none; this is {given}.{(node is YamlScalar word ? Suggestion.For(word.Text, ["proxy", "engine", "none"]) : "")}", node.Spot));
                return DockerSocket.Proxy;
        }
    }

    [GeneratedRegex("^[a-z]+://")]
    private static partial Regex Scheme();
}

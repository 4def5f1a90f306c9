using MlOps.Testing;

namespace MlOps.Bench;

/// <summary>Cloudbuild files of the shared corpus, parsed in one call: by the command, and by gcloud's own library on gcloud's own Python, without gcloud's start.</summary>
internal static class ConfigRows
{
    public const int Files = 1_000;
    private const string Sdk = "/usr/lib/google-cloud-sdk";

    /// <summary>What gcloud does with a file before it sends it; one line a file.</summary>
    private const string Library = """
        import os, sys
        root = sys.argv[1]
        sys.path[:0] = [os.path.join(root, 'lib'), os.path.join(root, 'lib', 'third_party')]
        from apitools.base.py import encoding
        from googlecloudsdk.api_lib.cloudbuild import cloudbuild_util, config
        messages = cloudbuild_util.GetMessagesModule()
        for path in sys.argv[2:]:
            try:
                print(encoding.MessageToJson(config.LoadCloudbuildConfigFromPath(path, messages)))
            except Exception as error:
                print(type(error).__name__)
        """;

    private static readonly Dictionary<string, string> Nothing = [];

    /// <summary>Some of the corpus is refused, which gives exit code 2.</summary>
    public static TimeSpan ByMlops(string mlops) => Timing.Of(Corpus, Nothing, "sh", ["-c", "\"$@\" || [ $? = 2 ]", "sh", mlops, "config", "parse", .. Names()]);

    public static TimeSpan ByGcloudsLibrary() => Timing.Of(Corpus, Nothing, Path.Combine(Sdk, "platform", "bundledpythonunix", "bin", "python3"), ["-c", Library, Sdk, .. Names()]);

    private static string Corpus { get; } = Path.Combine(Shared.Checkout(), "..", "shared", "corpus", "cloudbuild");

    private static IEnumerable<string> Names()
    {
        var files = Directory.GetFiles(Corpus, "*.yaml").Concat(Directory.GetFiles(Corpus, "*.json")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal).ToArray();
        return Enumerable.Range(0, Files).Select(index => files[index % files.Length]);
    }
}

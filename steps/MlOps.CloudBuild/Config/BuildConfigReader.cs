using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Google.Cloud.CloudBuild.V1;
using Google.Protobuf;
using MlOps.CloudBuild.Config.Yaml;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Config;

/// <summary>Reads cloudbuild.yaml and trigger files exactly as gcloud 528 does (<c>googlecloudsdk/api_lib/cloudbuild/cloudbuild_util.py</c>).</summary>
public static partial class BuildConfigReader
{
    private static readonly FileKind BuildFile = new("build config", KeyCase.VerbatimInBuilds);
    private static readonly FileKind TriggerFile = new("BuildTrigger", KeyCase.VerbatimInTriggers);

    /// <summary>A build, with the API's newest enum names (<c>E2_STANDARD_2</c>), which gcloud 528 does not know yet.</summary>
    /// <param name="file">Named in errors and places.</param>
    /// <param name="text">YAML 1.1 or JSON.</param>
    public static ConfigReading<Build> Read(string file, string text)
    {
        var warnings = new List<Problem>();
        var documents = Documents(file, text, warnings, out var refused);
        if (Single(file, documents, ref refused) is not { } document)
        {
            return Refused<Build>(file, text, refused!, warnings);
        }

        return Message<Build>(file, text, document, BuildFile, warnings, Validate);
    }

    /// <summary>What <c>gcloud builds submit</c> would send for a file, or what it says against it; nothing more is made of it.</summary>
    public static (JsonObject? Sent, ImmutableArray<ConfigError> Errors) Parse(string file, string text)
    {
        var warnings = new List<Problem>();
        var documents = Documents(file, text, warnings, out var refused);
        if (Single(file, documents, ref refused) is not { } document)
        {
            return (null, [refused!]);
        }

        try
        {
            var faults = new ReadingFaults();
            var sent = Decode(MessageSchema.Of(Build.Descriptor), document, BuildFile, new Decoding(faults, warnings, Spots: null, NewerNames: false));
            Validate(sent, faults, ConfigPlaces.None);
            return faults.Any ? (null, Errors(file, BuildFile, faults)) : (sent, []);
        }
        catch (YamlFault fault)
        {
            return (null, [Crash(fault)]);
        }
    }

    /// <summary>A file of <c>gcloud builds triggers import</c>: one trigger a YAML document.</summary>
    public static ImmutableArray<ConfigReading<BuildTrigger>> ReadTriggers(string file, string text)
    {
        var warnings = new List<Problem>();
        var documents = Documents(file, text, warnings, out var refused);
        return refused is not null
            ? [Refused<BuildTrigger>(file, text, refused, warnings) with { Errors = [AsUncaught(file, refused)] }]
            : [.. documents.Select(document => Message<BuildTrigger>(file, text, document, TriggerFile, warnings, validate: null))];
    }

    private static List<ConfigValue> Documents(string file, string text, List<Problem> warnings, out ConfigError? refused)
    {
        refused = null;
        try
        {
            var composer = new Composer(file, text);
            return [.. composer.Documents().Select(node => new Construction(composer.Version12, warnings).Value(node))];
        }
        catch (YamlFault fault)
        {
            refused = fault.Type == YamlFault.Parsing ? ParserError(file, $"{fault.Message}\n  in \"{file}\", line {fault.Spot.Line}, column {fault.Spot.Column}", fault.Spot) : Crash(fault);
            return [];
        }
    }

    private static ConfigMap? Single(string file, List<ConfigValue> documents, ref ConfigError? refused)
    {
        if (refused is not null)
        {
            return null;
        }

        refused = documents switch
        {
            [ConfigMap] => null,
            { Count: > 1 } => ParserError(file, "expected a single document in the stream", documents[1].Spot),
            _ => ParserError(file, "Could not parse as a dictionary.", documents.Count > 0 ? documents[0].Spot : new SourceSpot(file, 1, 1)),
        };
        return refused is null ? (ConfigMap)documents[0] : null;
    }

    private static ConfigReading<T> Message<T>(string file, string text, ConfigValue document, FileKind kind, List<Problem> warnings, Action<JsonObject?, ReadingFaults, ConfigPlaces>? validate)
        where T : class, IMessage<T>, new()
    {
        var faults = new ReadingFaults();
        var spots = new Dictionary<string, SourceSpot>(StringComparer.Ordinal) { [""] = document.Spot };
        var places = new ConfigPlaces(file, spots, text);
        var message = new T();
        try
        {
            var sent = Decode(MessageSchema.Of(message.Descriptor), document, kind, new Decoding(faults, warnings, spots, NewerNames: true));
            validate?.Invoke(sent, faults, places);
            var problems = faults.InOrder.SelectMany(fault => fault.Problems).ToList();
            if (sent is not null)
            {
                new MessageBuilder(places, problems).Fill(message, sent, "");
            }

            return new ConfigReading<T>(problems.Exists(problem => problem.Severity == Severity.Error) ? null : message, places, Errors(file, kind, faults), [.. warnings])
            {
                Problems = [.. problems, .. warnings],
                Draft = sent is null ? null : message,
                Sent = faults.Any ? null : sent,
            };
        }
        catch (YamlFault fault)
        {
            return Refused<T>(file, text, Crash(fault), warnings);
        }
    }

    private static JsonObject? Decode(MessageSchema schema, ConfigValue document, FileKind kind, Decoding decoding)
    {
        var camel = KeyCase.Camel(document, kind.Verbatim, decoding.Warnings);
        return new MessageDecoder(decoding.NewerNames, decoding.Faults, decoding.Spots).Message(schema, JsonForm.Of(camel, decoding.Faults), "", "");
    }

    /// <summary>What gcloud checks of a build before it is sent (<c>FinalizeCloudbuildConfig</c>); after other faults, what of it can be told still.</summary>
    private static void Validate(JsonObject? sent, ReadingFaults faults, ConfigPlaces places)
    {
        if (sent is null)
        {
            return;
        }

        var isWhole = !faults.Any;
        foreach (var (key, _) in sent["substitutions"] as JsonObject ?? [])
        {
            if (!SubstitutionKey().IsMatch(key))
            {
                faults.Add(FaultPhase.Validating, $"substitution key {key} does not respect format ^_[A-Z0-9_]+$", "bad-substitution-key", $"'{key}' cannot be a substitution; expected an underscore and then capital letters, digits or underscores, like _{SubstitutionName(key)}.", places.Of($"substitutions.{key}"));
            }
        }

        if (sent.ContainsKey("source"))
        {
            faults.Add(FaultPhase.Validating, "config cannot specify source", "source-in-config", "A build's file cannot name its source; give the folder to 'mlops submit' or the trigger instead.", places.Of("source"));
        }

        if (isWhole && sent["steps"] is not JsonArray { Count: > 0 })
        {
            faults.Add(FaultPhase.Validating, "config must list at least one step", "no-steps", "There is no step; expected 'steps:' with at least one item with a 'name'.", places.Of("steps"));
        }
    }

    private static string SubstitutionName(string key)
    {
        var name = NotInName().Replace(key.ToUpperInvariant(), "_").TrimStart('_');
        return name.Length > 0 ? name : "NAME";
    }

    private static ImmutableArray<ConfigError> Errors(string file, FileKind kind, ReadingFaults faults) =>
    [
        .. faults.InOrder.Select(fault => fault.Phase == FaultPhase.Validating
            ? new ConfigError("InvalidBuildConfigException", $"validating {file} as {kind.Name}: {fault.Text}", fault.Spot)
            : new ConfigError("ParseProtoException", $"interpreting {file} as {kind.Name}: {fault.Text}", fault.Spot)),
    ];

    private static ConfigReading<T> Refused<T>(string file, string text, ConfigError error, List<Problem> warnings)
        where T : class, IMessage<T> =>
        new(null, new ConfigPlaces(file, new Dictionary<string, SourceSpot>()), [error], [.. warnings])
        {
            Problems = [YamlRemedies.Explain(file, text, error), .. warnings],
        };

    /// <summary>gcloud does not catch what its reader of many documents throws.</summary>
    private static ConfigError AsUncaught(string file, ConfigError error) => error.Type != "ParserError" ? error
        : error with { Type = "YAMLParseError", Message = $"Failed to parse YAML from [{file}]: {error.Message[$"parsing {file}: ".Length..]}" };

    private static ConfigError ParserError(string file, string text, SourceSpot spot) => new("ParserError", $"parsing {file}: {text}", spot);

    private static ConfigError Crash(YamlFault fault) => new(fault.Type, fault.Message, fault.Spot);

    [GeneratedRegex("^_[A-Z0-9_]+$")]
    private static partial Regex SubstitutionKey();

    [GeneratedRegex("[^A-Z0-9_]+")]
    private static partial Regex NotInName();

    private sealed record FileKind(string Name, FrozenSet<string> Verbatim);

    private sealed record Decoding(ReadingFaults Faults, List<Problem> Warnings, Dictionary<string, SourceSpot>? Spots, bool NewerNames);
}

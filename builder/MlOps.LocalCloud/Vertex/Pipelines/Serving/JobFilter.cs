using System.Globalization;
using System.Text.RegularExpressions;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Code = Grpc.Core.StatusCode;

namespace MlOps.LocalCloud.Vertex.Pipelines.Serving;

/// <summary>
/// <c>filter</c> of a list (AIP-160, as ListPipelineJobsRequest has it): comparisons of fields with texts, <c>*</c> standing
/// for anything, joined by AND and OR (the tighter, as AIP-160 has it), negated by NOT, grouped by parentheses.
/// </summary>
internal sealed partial class JobFilter
{
    private readonly string _text;
    private readonly List<string> _tokens;
    private int _at;

    private JobFilter(string text) => (_text, _tokens) = (text, [.. Token().Matches(text).Select(match => match.Value)]);

    /// <exception cref="RpcException">INVALID_ARGUMENT: the filter cannot be read.</exception>
    public static Func<PipelineJob, bool> Parse(string text)
    {
        if (text.Trim().Length == 0)
        {
            return _ => true;
        }

        var filter = new JobFilter(text);
        var result = filter.All();
        return filter._at == filter._tokens.Count ? result : throw filter.Fault();
    }

    private Func<PipelineJob, bool> All()
    {
        var left = Any();
        while (Took("AND") || (_at < _tokens.Count && _tokens[_at] != ")"))
        {
            var (one, other) = (left, Any());
            left = job => one(job) && other(job);
        }

        return left;
    }

    private Func<PipelineJob, bool> Any()
    {
        var left = One();
        while (Took("OR"))
        {
            var (one, other) = (left, One());
            left = job => one(job) || other(job);
        }

        return left;
    }

    private Func<PipelineJob, bool> One()
    {
        if (Took("NOT") || Took("-"))
        {
            var negated = One();
            return job => !negated(job);
        }

        if (Took("("))
        {
            var inner = All();
            return Took(")") ? inner : throw Fault();
        }

        if (_at + 3 > _tokens.Count)
        {
            throw Fault();
        }

        var (field, comparison, value) = (_tokens[_at++], _tokens[_at++], Unquoted(_tokens[_at++]));
        return field switch
        {
            "create_time" => Times(job => job.CreateTime, comparison, value),
            "update_time" => Times(job => job.UpdateTime, comparison, value),
            "start_time" => Times(job => job.StartTime, comparison, value),
            "end_time" => Times(job => job.EndTime, comparison, value),
            _ => Texts(Field(field), comparison, value),
        };
    }

    private Func<PipelineJob, string?> Field(string name) => name switch
    {
        "pipeline_name" => job => job.PipelineSpec?.Fields.GetValueOrDefault("pipelineInfo")?.StructValue?.Fields.GetValueOrDefault("name")?.StringValue,
        "display_name" => job => job.DisplayName,
        "name" => job => job.Name,
        "state" => job => PipelineStates.Name(job.State),
        "template_uri" => job => job.TemplateUri,
        "template_metadata.version" => job => job.TemplateMetadata?.Version,
        "pipeline_job_user_id" or "service_account" => job => job.ServiceAccount,
        _ when name.StartsWith("labels.", StringComparison.Ordinal) => job => job.Labels.TryGetValue(Unquoted(name["labels.".Length..]), out var value) ? value : null,
        _ => throw Fault(),
    };

    private Func<PipelineJob, bool> Texts(Func<PipelineJob, string?> of, string comparison, string value)
    {
        var pattern = new Regex("^" + Regex.Escape(value).Replace("\\*", ".*", StringComparison.Ordinal) + "$", RegexOptions.Singleline | RegexOptions.NonBacktracking);
        return comparison switch
        {
            "=" => job => of(job) is { } text && pattern.IsMatch(text),
            "!=" => job => of(job) is not { } text || !pattern.IsMatch(text),
            ":" => job => of(job) is { } text && (pattern.IsMatch(text) || value is "*"),
            _ => throw Fault(),
        };
    }

    private Func<PipelineJob, bool> Times(Func<PipelineJob, Timestamp?> of, string comparison, string value)
    {
        if (!DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed))
        {
            throw Fault();
        }

        var time = parsed.ToTimestamp();
        return comparison switch
        {
            "=" => job => of(job) is { } there && there.Equals(time),
            "!=" => job => of(job) is not { } there || !there.Equals(time),
            "<" => job => of(job) is { } there && there.CompareTo(time) < 0,
            "<=" => job => of(job) is { } there && there.CompareTo(time) <= 0,
            ">" => job => of(job) is { } there && there.CompareTo(time) > 0,
            ">=" => job => of(job) is { } there && there.CompareTo(time) >= 0,
            _ => throw Fault(),
        };
    }

    private bool Took(string token)
    {
        var took = _at < _tokens.Count && _tokens[_at] == token;
        _at += took ? 1 : 0;
        return took;
    }

    private static string Unquoted(string text) => text.Length >= 2 && text[0] is '"' or '\'' ? text[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal) : text;

    private RpcException Fault() => new(new Status(
        Code.InvalidArgument,
        $"The filter `{_text}` cannot be read. Expected comparisons such as state=\"PIPELINE_STATE_FAILED\", display_name=\"train*\", labels.commit=\"…\", create_time>\"2026-01-31T00:00:00Z\", joined by AND, OR, NOT."));

    [GeneratedRegex("""
        "(?:[^"\\]|\\.)*"|'[^']*'|!=|<=|>=|[=<>:()]|[^\s"'=<>!:()]+
        """)]
    private static partial Regex Token();
}

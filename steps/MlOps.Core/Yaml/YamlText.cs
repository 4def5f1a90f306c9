using System.Collections.Immutable;
using MlOps.Core.Problems;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MlOps.Core.Yaml;

/// <summary>Reads YAML into <see cref="YamlNode"/>s that know their places; every fault is added to the problems, none is thrown.</summary>
public static class YamlText
{
    /// <summary>The one document of a text; null, with the problem added, where there is none or it cannot be read.</summary>
    public static YamlNode? ParseOne(string? file, string text, ICollection<Problem> problems)
    {
        var documents = ParseAll(file, text, problems);
        switch (documents.Length)
        {
            case 1:
                return documents[0];
            case 0 when problems.All(problem => problem.File != file):
                problems.Add(Problem.Error("empty-file", "The file is empty; expected a YAML document.", new SourceSpot(file, 1, 1)));
                return null;
            case 0:
                return null;
            default:
                problems.Add(Problem.Error("many-documents", $"The file holds {documents.Length} YAML documents; expected one.", documents[1].Spot));
                return null;
        }
    }

    public static ImmutableArray<YamlNode> ParseAll(string? file, string text, ICollection<Problem> problems)
    {
        var reader = new Reader(file, text, problems);
        try
        {
            return [.. reader.Documents()];
        }
        catch (YamlException error)
        {
            var message = error.InnerException?.Message ?? error.Message;
            var start = new SourceSpot(file, (int)error.Start.Line, (int)error.Start.Column);
            problems.Add(message.Contains("tab", StringComparison.Ordinal) && TabFrom(text, start) is { } tab
                ? Problem.Error("not-yaml", "This is not YAML: a tab stands where lines are indented; use spaces.", tab)
                : Problem.Error("not-yaml", $"This is not YAML: {message}", start));
            return [];
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            // YamlDotNet's scanner gives up on some malformed texts without a place and a reason of its own.
            problems.Add(Problem.Error("not-yaml", "This is not YAML: from here on something does not fit; often a bracket, brace or quote that is missing or too many.", reader.Reached));
            return [];
        }
    }

    /// <summary>The first tab that indents a line; the scanner names the place where what it was reading began.</summary>
    private static SourceSpot? TabFrom(string text, SourceSpot start)
    {
        var lines = text.Split('\n');
        for (var line = Math.Max(start.Line, 1); line <= lines.Length; line++)
        {
            var indent = lines[line - 1].AsSpan();
            var column = indent[..^indent.TrimStart(" \t").Length].IndexOf('\t');
            if (column >= 0)
            {
                return new SourceSpot(start.File, line, column + 1);
            }
        }

        return null;
    }

    private sealed class Reader(string? file, string text, ICollection<Problem> problems)
    {
        private const int MaxDepth = 200;
        private const int MaxNodes = 2_000_000;
        private readonly Parser _parser = new(new StringReader(text));
        private readonly Dictionary<AnchorName, YamlNode> _anchors = [];
        private int _nodes;

        /// <summary>The end of what could be read.</summary>
        public SourceSpot Reached { get; private set; } = new(file, 1, 1);

        public IEnumerable<YamlNode> Documents()
        {
            var documents = new List<YamlNode>();
            _parser.Consume<StreamStart>();
            while (!_parser.TryConsume<StreamEnd>(out _))
            {
                _parser.Consume<DocumentStart>();
                _anchors.Clear();
                documents.Add(Node(0));
                _parser.Consume<DocumentEnd>();
            }

            return documents;
        }

        private YamlNode Node(int depth)
        {
            var at = _parser.Current!;
            Reached = Spot(at.End);
            if (depth > MaxDepth || ++_nodes > MaxNodes)
            {
                throw new YamlException(at.Start, at.End, depth > MaxDepth ? $"nested deeper than {MaxDepth} levels" : "too many nodes");
            }

            if (_parser.TryConsume<AnchorAlias>(out var alias))
            {
                return _anchors.TryGetValue(alias.Value, out var target)
                    ? target
                    : throw new YamlException(alias.Start, alias.End, $"alias *{alias.Value} has no anchor before it; a text that begins with '*' needs quotes");
            }

            YamlNode node = _parser.TryConsume<Scalar>(out var scalar) ? Scalar(scalar) : at is MappingStart ? Map(depth) : List(depth);
            if (at is NodeEvent { Anchor.IsEmpty: false } anchored)
            {
                _anchors[anchored.Anchor] = node;
            }

            return node;
        }

        private YamlScalar Scalar(Scalar scalar)
        {
            var plain = scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty;
            return new YamlScalar(scalar.Value, plain, Spot(scalar.Start), (int)scalar.Start.Index, (int)scalar.End.Index);
        }

        private YamlList List(int depth)
        {
            var start = _parser.Consume<SequenceStart>();
            var items = ImmutableArray.CreateBuilder<YamlNode>();
            SequenceEnd end;
            while (!_parser.TryConsume<SequenceEnd>(out end!))
            {
                items.Add(Node(depth + 1));
            }

            return new YamlList(items.ToImmutable(), Spot(start.Start), (int)start.Start.Index, (int)end.End.Index);
        }

        private YamlMap Map(int depth)
        {
            var start = _parser.Consume<MappingStart>();
            var entries = ImmutableArray.CreateBuilder<YamlEntry>();
            var inherited = new List<YamlEntry>();
            var seen = new HashSet<string>(StringComparer.Ordinal);
            MappingEnd end;
            while (!_parser.TryConsume<MappingEnd>(out end!))
            {
                var key = Node(depth + 1);
                var value = Node(depth + 1);
                if (key is not YamlScalar name)
                {
                    problems.Add(Problem.Error("bad-key", $"A key must be a scalar; this is {key.Kind}.", key.Spot));
                }
                else if (name is { Plain: true, Text: "<<" } && Merged(value) is { } merged)
                {
                    inherited.AddRange(merged);
                }
                else if (!seen.Add(name.Text))
                {
                    problems.Add(Problem.Error("duplicate-key", $"Key '{name.Text}' is given twice; remove one.", name.Spot));
                }
                else
                {
                    entries.Add(new YamlEntry(name, value));
                }
            }

            // A merge key yields to the map's own keys, wherever it stands (YAML 1.1, type repository).
            entries.AddRange(inherited.Where(entry => seen.Add(entry.Key.Text)));
            return new YamlMap(entries.ToImmutable(), Spot(start.Start), (int)start.Start.Index, (int)end.End.Index);
        }

        private static IEnumerable<YamlEntry>? Merged(YamlNode value) => value switch
        {
            YamlMap map => map.Entries,
            YamlList list when list.Items.All(item => item is YamlMap) => list.Items.Cast<YamlMap>().SelectMany(map => map.Entries),
            _ => null,
        };

        private SourceSpot Spot(Mark mark) => new(file, (int)mark.Line, (int)mark.Column);
    }
}

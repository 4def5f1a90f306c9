namespace MlOps.Core.Patterns;

/// <summary>A regular expression as a machine that is in many states at once (Thompson's construction), one step a letter.</summary>
internal sealed class Re2Program
{
    private const int Accepting = -1;
    private readonly List<State> _states = [];
    private int _start;

    /// <summary>Reads a letter, stands at a place, or goes on in two ways.</summary>
    private readonly record struct State(RuneSet? Letter, Re2Place? Place, int Next, int Other);

    public static Re2Program Of(Re2Node node)
    {
        var program = new Re2Program();
        program._start = program.Compile(node, Accepting);
        return program;
    }

    public bool IsMatch(string text)
    {
        int[] runes = [.. text.EnumerateRunes().Select(rune => rune.Value)];
        var (now, next) = (new Marks(_states.Count), new Marks(_states.Count));
        for (var at = 0; ; at++)
        {
            // It may begin anywhere.
            if (Reach(now, _start, runes, at))
            {
                return true;
            }

            if (at == runes.Length)
            {
                return false;
            }

            next.Clear();
            foreach (var state in now.Members)
            {
                if (_states[state].Letter is { } letter && letter.Contains(runes[at]) && Reach(next, _states[state].Next, runes, at + 1))
                {
                    return true;
                }
            }

            (now, next) = (next, now);
        }
    }

    /// <summary>Adds a state and all that is reached from it without reading; true where that is the end.</summary>
    private bool Reach(Marks marks, int from, int[] runes, int at)
    {
        var open = new Stack<int>([from]);
        while (open.TryPop(out var state))
        {
            if (state == Accepting)
            {
                return true;
            }

            if (!marks.Add(state))
            {
                continue;
            }

            switch (_states[state])
            {
                case { Letter: not null }:
                    break;
                case { Place: { } place, Next: var next }:
                    if (Holds(place, runes, at))
                    {
                        open.Push(next);
                    }

                    break;
                case var split:
                    open.Push(split.Other);
                    open.Push(split.Next);
                    break;
            }
        }

        return false;
    }

    private static bool Holds(Re2Place place, int[] runes, int at) => place switch
    {
        Re2Place.TextBegin => at == 0,
        Re2Place.TextEnd => at == runes.Length,
        Re2Place.LineBegin => at == 0 || runes[at - 1] == '\n',
        Re2Place.LineEnd => at == runes.Length || runes[at] == '\n',
        Re2Place.WordEdge => IsWord(runes, at - 1) != IsWord(runes, at),
        _ => IsWord(runes, at - 1) == IsWord(runes, at),
    };

    private static bool IsWord(int[] runes, int at) =>
        at >= 0 && at < runes.Length && runes[at] < 128 && (char.IsAsciiLetterOrDigit((char)runes[at]) || runes[at] == '_');

    private int Add(State state)
    {
        _states.Add(state);
        return _states.Count - 1;
    }

    /// <returns>The state at which the node begins; it goes on to <paramref name="next"/>.</returns>
    private int Compile(Re2Node node, int next) => node switch
    {
        Re2Node.Letter letter => Add(new State(letter.Set, null, next, 0)),
        Re2Node.Place place => Add(new State(null, place.Kind, next, 0)),
        Re2Node.Sequence sequence => sequence.Parts.Reverse().Aggregate(next, (after, part) => Compile(part, after)),
        Re2Node.Choice choice => choice.Branches.Select(branch => Compile(branch, next)).Reverse().ToArray().Aggregate((other, first) => Add(new State(null, null, first, other))),
        Re2Node.Repeat repeat => Repeat(repeat, next),
        _ => throw new NotSupportedException(),
    };

    private int Repeat(Re2Node.Repeat repeat, int next)
    {
        var at = next;
        if (repeat.Most < 0)
        {
            var again = Add(default);
            _states[again] = new State(null, null, Compile(repeat.Of, again), next);
            at = again;
        }

        for (var optional = repeat.Least; optional < repeat.Most; optional++)
        {
            at = Add(new State(null, null, Compile(repeat.Of, at), next));
        }

        for (var needed = 0; needed < repeat.Least; needed++)
        {
            at = Compile(repeat.Of, at);
        }

        return at;
    }

    /// <summary>The states that the machine is in.</summary>
    private sealed class Marks(int count)
    {
        private readonly bool[] _marked = new bool[count];

        public List<int> Members { get; } = [];

        public bool Add(int state)
        {
            if (_marked[state])
            {
                return false;
            }

            _marked[state] = true;
            Members.Add(state);
            return true;
        }

        public void Clear()
        {
            foreach (var state in Members)
            {
                _marked[state] = false;
            }

            Members.Clear();
        }
    }
}

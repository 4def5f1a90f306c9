using System.Collections.Immutable;
using static MlOps.Core.Cel.CelExpression;

namespace MlOps.Core.Cel;

/// <summary>Reads an expression (github.com/google/cel-spec, "Syntax"), by descent through the levels of precedence.</summary>
public sealed class CelParser
{
    private const int DeepestNesting = 250;
    private static readonly ImmutableArray<ImmutableArray<string>> Levels = [["||"], ["&&"], ["==", "!=", "<", "<=", ">", ">=", "in"], ["+", "-"], ["*", "/", "%"]];
    private readonly List<CelToken> _tokens;
    private int _at;
    private int _depth;

    private CelParser(string text) => _tokens = new CelLexer(text).Tokens();

    /// <exception cref="CelException">The text is not an expression.</exception>
    public static CelExpression Parse(string text)
    {
        var parser = new CelParser(text);
        var expression = parser.Expression();
        return parser.Current.Kind == CelTokenKind.End ? expression : throw parser.Unexpected("the end");
    }

    /// <summary>Why the text is not an expression; null where it is one.</summary>
    public static string? Fault(string text)
    {
        try
        {
            Parse(text);
            return null;
        }
        catch (CelException error)
        {
            return error.Message;
        }
    }

    private CelToken Current => _tokens[_at];

    private CelExpression Expression()
    {
        if (++_depth > DeepestNesting)
        {
            throw new CelException($"it is nested deeper than {DeepestNesting} levels");
        }

        var test = Binary(0);
        if (Took("?"))
        {
            var then = Binary(0);
            Expect(":");
            test = new Conditional(test, then, Expression());
        }

        _depth--;
        return test;
    }

    private CelExpression Binary(int level)
    {
        if (level == Levels.Length)
        {
            return Unary();
        }

        var left = Binary(level + 1);
        while (Current.Kind is CelTokenKind.Symbol or CelTokenKind.Name && Levels[level].Contains(Current.Text))
        {
            var symbol = _tokens[_at++].Text;
            left = new Binary(symbol, left, Binary(level + 1));
        }

        return left;
    }

    private CelExpression Unary()
    {
        if (Current is { Kind: CelTokenKind.Symbol, Text: "!" or "-" })
        {
            if (++_depth > DeepestNesting)
            {
                throw new CelException($"it is nested deeper than {DeepestNesting} levels");
            }

            var symbol = _tokens[_at++].Text;
            var operand = Unary();
            _depth--;
            return new Unary(symbol, operand);
        }

        return Postfix(Primary());
    }

    private CelExpression Postfix(CelExpression of)
    {
        while (true)
        {
            if (Took("."))
            {
                var name = Name();
                of = Took("(") ? new Call(name, of, Items(")")) : new Field(of, name);
            }
            else if (Took("["))
            {
                of = new CelExpression.Index(of, Expression());
                Expect("]");
            }
            else
            {
                return of;
            }
        }
    }

    private CelExpression Primary()
    {
        var token = Current;
        switch (token)
        {
            case { Kind: CelTokenKind.Literal }:
                _at++;
                return new Literal(token.Value);
            case { Kind: CelTokenKind.Name }:
                return Named();
            case { Kind: CelTokenKind.Symbol, Text: "(" }:
                _at++;
                var inner = Expression();
                Expect(")");
                return inner;
            case { Kind: CelTokenKind.Symbol, Text: "[" }:
                _at++;
                return new ListOf(Items("]"));
            case { Kind: CelTokenKind.Symbol, Text: "{" }:
                _at++;
                return new MapOf(Entries());
            default:
                throw Unexpected("a value");
        }
    }

    private CelExpression Named()
    {
        var name = Name();
        return name switch
        {
            "true" => new Literal(true),
            "false" => new Literal(false),
            "null" => new Literal(null),
            _ => Took("(") ? new Call(name, Target: null, Items(")")) : new Name(name),
        };
    }

    private ImmutableArray<CelExpression> Items(string end)
    {
        var items = ImmutableArray.CreateBuilder<CelExpression>();
        while (!Took(end))
        {
            items.Add(Expression());
            if (!Took(","))
            {
                Expect(end);
                break;
            }
        }

        return items.ToImmutable();
    }

    private ImmutableArray<KeyValuePair<CelExpression, CelExpression>> Entries()
    {
        var entries = ImmutableArray.CreateBuilder<KeyValuePair<CelExpression, CelExpression>>();
        while (!Took("}"))
        {
            var key = Expression();
            Expect(":");
            entries.Add(KeyValuePair.Create(key, Expression()));
            if (!Took(","))
            {
                Expect("}");
                break;
            }
        }

        return entries.ToImmutable();
    }

    private string Name() => Current.Kind == CelTokenKind.Name ? _tokens[_at++].Text : throw Unexpected("a name");

    private bool Took(string symbol)
    {
        var took = Current.Kind == CelTokenKind.Symbol && Current.Text == symbol;
        _at += took ? 1 : 0;
        return took;
    }

    private void Expect(string symbol)
    {
        if (!Took(symbol))
        {
            throw Unexpected($"'{symbol}'");
        }
    }

    private CelException Unexpected(string wanted)
    {
        var found = Current.Kind == CelTokenKind.End ? "its end" : Current.Kind == CelTokenKind.Literal ? "a literal" : $"'{Current.Text}'";
        return new CelException($"expected {wanted} at position {Current.Position + 1}, found {found}");
    }
}

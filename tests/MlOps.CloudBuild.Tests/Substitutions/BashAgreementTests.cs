using System.Diagnostics;
using System.Text;
using CsCheck;
using MlOps.CloudBuild.Substitutions.Expansion;

namespace MlOps.CloudBuild.Tests.Substitutions;

/// <summary>Expansions are what bash makes of them inside double quotes, in the locale C.UTF-8 with <c>patsub_replacement</c> off.</summary>
public sealed class BashAgreementTests
{
    private static readonly Dictionary<string, string> Values = new(StringComparer.Ordinal)
    {
        ["_A"] = "hello",
        ["_E"] = "",
        ["_P"] = "l*",
        ["_Q"] = "it's",
        ["_U"] = "été😀É",
        ["_N"] = "2",
        ["_S"] = "a/b/c",
        ["_B"] = "a\\b",
        ["_STAR"] = "a*b*c",
        ["_L"] = "a]b",
        ["_BR"] = "a[b",
        ["_X"] = "a\\*b",
        ["_AH"] = "#h",
        ["_IND"] = "_N",
        ["_EXPR"] = "1+1",
        ["_D"] = "a\"b",
        ["_NL"] = "a\nb c\t",
        ["_SL"] = "/",
        ["TAG_NAME"] = "v1.2.3-rc.1",
        ["BRANCH_NAME"] = "feature/Foo_Bar-1",
        ["_W"] = "  pad it ",
        ["_BAN"] = "banana",
        ["_RNG"] = "[a-z]",
    };

    private static readonly Gen<string> Name = Gen.OneOf([.. Values.Keys, "_NONE", "_NONE2"]);
    private static readonly Gen<string> Plain = Gen.OneOf("a", "l", "o", "b", "an", ".", "-", "_", "/", " ", ":", "{", "=", "é", "😀", "v", "F", "1", "");
    private static readonly Gen<string> Item = Gen.OneOf("a", "l", "a-c", "h-l", "A-Z", "0-9", "é", "à-é", ".", "-", "_", "[:alpha:]", "[:digit:]", "[:upper:]", "[:lower:]", "[:space:]", "[:punct:]", "\\]", "\\-", "\"l\"", "'-'", "*", "?", "${_RNG}");
    private static readonly Gen<string> Bracket = Gen.Select(Gen.OneOf("", "!", "^"), Item, Item, (not, one, two) => $"[{not}{one}{two}]");
    private static readonly Gen<string> Number = Gen.OneOf(
        Gen.Int[0, 8].Select(number => $"{number}"),
        Gen.Int[-8, -1].Select(number => $" {number}"),
        Gen.Select(Gen.Int[0, 9], Gen.OneOf("+", "-", "*", "/", "%", "<<", ">>", "<", "==", "&", "|", "^", "&&", "**", ","), Gen.Int[1, 4], (left, sign, right) => $"{left}{sign}{right}"),
        Gen.OneOf("_N", "_IND", "_EXPR*2", "$_N", "${#_A}-2", "(-3)", "_N>1?1:2", "0x2", "010", "2#11", "!_NONE", "~-2", " 1 ", ""));

    [Fact]
    public async Task Generated_expansions_agree_with_bash()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "bash, the oracle, is not installed.");
        // The same every time: what bash has of its own oddities must not stop somebody else's change.
        var batch = Value(3).Array[1500].Single(_ => true, "0N0XIzNsQ0O2").ToList();
        var theirs = await BashAsync(batch, TestContext.Current.CancellationToken);
        var misses = batch.Zip(theirs, (value, answer) => (value, answer)).Where(pair => Ours(pair.value) != pair.answer).Select(pair => $"{pair.value}: bash '{pair.answer}', here '{Ours(pair.value)}'").ToArray();
        Assert.True(misses.Length == 0, string.Join('\n', misses));
        Assert.True(theirs.Count(answer => answer is not null) > batch.Count * 9 / 10, "Most of what is generated should be valid.");
    }

    private static string? Ours(string value)
    {
        try
        {
            return new ExpansionEvaluator(key => Values.GetValueOrDefault(key)).Evaluate(ExpansionParser.Parse(value));
        }
        catch (ExpansionException)
        {
            return null;
        }
    }

    private static Gen<string> Value(int depth) => Gen.Select(Reference(depth), Plain, Reference(depth - 1), (one, text, two) => one + text + two);

    private static Gen<string> Reference(int depth) => depth == 0
        ? Name.Select(name => $"${{{name}}}")
        : Gen.Select(Name, Operation(depth - 1), (name, operation) => $"${{{name}{operation}}}");

    private static Gen<string> Operation(int depth) => Gen.OneOf(
        Gen.Select(Gen.OneOf(":-", "-", ":+", "+", ":=", "="), Word(depth), (sign, word) => sign + word),
        Gen.Select(Gen.OneOf("#", "##", "%", "%%", "^", "^^", ",", ",,"), Pattern(depth), (sign, pattern) => sign + pattern),
        Gen.Select(Gen.OneOf("/", "//", "/#", "/%"), Pattern(depth), Word(depth), (sign, pattern, word) => $"{sign}{pattern}/{word}"),
        Gen.Select(Gen.OneOf("/", "//"), Pattern(depth), (sign, pattern) => sign + pattern),
        Number.Select(number => $":{(number.Length == 0 ? " " : number.StartsWith('-') ? " " + number : number)}"),
        Gen.Select(Number, Number, (start, length) => $":{(start.Length == 0 ? " " : start)}:{length}"),
        Gen.OneOf("", "@U", "@L", "@u"));

    private static Gen<string> Pattern(int depth) => Gen.Select(Glob(depth), Glob(depth), Gen.OneOf("", "*", "?"), (one, two, three) => one + two + three);

    private static Gen<string> Glob(int depth) => Gen.OneOf(
        Plain, Bracket, Gen.OneOf("*", "?", "\\*", "\\?", "\\/", "\\}", "\\\\", "'*'", "'}'", "\"/\"", "\"[a]\"", "\"$_P\"", "${_P}", "${_X}", "$'\\n'"), Reference(depth == 0 ? 0 : depth - 1));

    private static Gen<string> Word(int depth) => Gen.Select(
        Plain, Gen.OneOf(Plain, Gen.OneOf("\\}", "\\$", "\\\\", "\"a b\"", "\"}\"", "'}'", "${_A}", "\\x"), Reference(depth == 0 ? 0 : depth - 1)), (one, two) => one + two);

    /// <summary>bash's answer to each value; null where it refuses one. One process for all.</summary>
    private static async Task<List<string?>> BashAsync(List<string> values, CancellationToken cancel)
    {
        var script = new StringBuilder("shopt -u patsub_replacement 2>/dev/null\nt() { ( eval \"r=\\\"$1\\\"\" && printf 'y%s\\0' \"$r\" ) 2>/dev/null || printf 'n\\0'; }\n");
        foreach (var (key, value) in Values)
        {
            script.Append(key).Append('=').Append(Quoted(value)).Append('\n');
        }

        values.ForEach(value => script.Append("t ").Append(Quoted(value)).Append('\n'));
        using var bash = Process.Start(new ProcessStartInfo("/bin/bash", "-s") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, Environment = { ["LC_ALL"] = "C.UTF-8" } })!;
        var output = bash.StandardOutput.ReadToEndAsync(cancel);
        await bash.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(script.ToString()), cancel);
        bash.StandardInput.Close();
        var answers = (await output).Split('\0')[..^1];
        Assert.Equal(values.Count, answers.Length);
        return [.. answers.Select(answer => answer[0] == 'y' ? answer[1..] : null)];
    }

    private static string Quoted(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}

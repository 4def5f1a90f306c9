using CsCheck;
using Google.Cloud.CloudBuild.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MlOps.CloudBuild.Config;

namespace MlOps.CloudBuild.Tests.Config;

public sealed class ReaderProperties
{
    private static readonly string[] Pieces =
    [
        "steps:", "- ", "name: a", "\n", "\n  ", "\n- ", ": ", ":", "? ", "[", "]", "{", "}", ",", "\"", "'", "\\", "\\x4", "|", ">-", "|2\n", "#", " #c", "&a ", "*a", "<<: *a", "!!str ", "!!binary x",
        "!<a> ", "%YAML 1.2\n", "%TAG ! x\n", "---\n", "...\n", "\t", "\r\n", "\u2028", "\u0085", "\uFEFF", "\0", "\uD800", "😀", "é", "~", "yes", "0b1", "1:2", "1e400", "2024-02-30", "=", "substitutions: {", "options: ", "secretEnv: ", "args: x", "timeout: 1h",
    ];

    private static readonly Gen<string> AnyText = Gen.Frequency((4, Gen.Int[0, Pieces.Length - 1].Select(index => Pieces[index])), (1, Gen.String[0, 4])).Array[0, 24].Select(string.Concat);

    private static readonly Gen<string> AnyWord = Gen.Frequency(
        (3, Gen.OneOf(new[] { "a", "yes", "no", "010", "1.5", "null", "~", "- x", "a: b", "#", "'", "\"", "\\", "$$A", "${_X:-1}", "2024-01-01", " ", "\n", "a\nb\n", "é", "😀", "|", ">", "@", "`", "%", "!", "&", "*", "[", "{", "<<", "=" }.Select(Gen.Const).ToArray())),
        (1, Gen.String[Gen.Char[' ', '~'], 0, 12]));

    private static readonly Gen<Build> AnyBuild =
        from steps in (from name in AnyWord from args in AnyWord.Array[0, 3] from env in AnyWord.Array[0, 2] from id in AnyWord from script in AnyWord from fails in Gen.Bool select new BuildStep { Name = name, Args = { args }, Env = { env }, Id = id, Script = script, AllowFailure = fails }).Array[1, 3]
        from images in AnyWord.Array[0, 2]
        from values in AnyWord.Array[0, 3]
        from seconds in Gen.Long[0, 86_400]
        from disk in Gen.Long[0, 4_000]
        select WithValues(new Build { Steps = { steps }, Images = { images }, Timeout = new Duration { Seconds = seconds }, Options = new BuildOptions { DiskSizeGb = disk, Logging = BuildOptions.Types.LoggingMode.GcsOnly } }, values);

    private static Build WithValues(Build build, string[] values)
    {
        for (var index = 0; index < values.Length; index++)
        {
            build.Substitutions[$"_V{index}"] = values[index];
        }

        return build;
    }

    [Fact]
    public void Any_text_is_read_or_refused_and_never_crashes_the_reader() => AnyText.Sample(
        text =>
        {
            var (sent, errors) = BuildConfigReader.Parse("f", text);
            var reading = BuildConfigReader.Read("f", text);
            BuildConfigReader.ReadTriggers("f", text);
            return (sent is null) == (errors.Length > 0) && (errors.Length > 0 || reading.Errors.IsEmpty);
        },
        iter: 20_000);

    [Fact]
    public void A_build_that_is_printed_is_read_as_itself() => AnyBuild.Sample(
        build => build.Equals(BuildConfigReader.Read("f.json", JsonFormatter.Default.Format(build)).Message),
        print: build => JsonFormatter.Default.Format(build),
        iter: 3_000);
}

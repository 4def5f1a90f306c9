using System.Text;
using CsCheck;
using MlOps.LocalCloud.CloudBuild.Logs;
using MlOps.Testing;

namespace MlOps.LocalCloud.Tests.CloudBuild.Logs;

public sealed class StepOutputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void No_secret_is_in_the_log_however_it_is_printed_in_pieces() =>
        Gen.Select(Texts("hunter2", "hunt", "two\nlines of it", "ü€"), Texts("", "Step #0: "), Texts("x", "hun", "\n", "lines of", " ", "h").Array[0, 6], Gen.Int[1, 9].Array[1, 20], Gen.Bool.Array[1, 20])
            .Sample((secret, prefix, noise, cuts, streams) =>
            {
                var text = Encoding.UTF8.GetBytes(string.Concat(noise) + secret + string.Concat(noise.Reverse()) + secret + "\nend");
                var log = Logged(prefix, SecretMask.Of([secret]), output =>
                {
                    // One stream is told in pieces; lines of the other come in between.
                    for (int at = 0, piece = 0; at < text.Length; piece++)
                    {
                        var length = Math.Min(cuts[piece % cuts.Length], text.Length - at);
                        output.Take(false, text.AsSpan(at, length));
                        at += length;
                        if (streams[piece % streams.Length])
                        {
                            output.Take(true, "other\n"u8);
                        }
                    }
                });
                Assert.All(secret.Split('\n').Where(line => line.Length >= 4 || !secret.Contains('\n')), line => Assert.DoesNotContain(line, log));
                Assert.Contains("***", log);
                Assert.EndsWith($"{prefix}end\n", log);
            });

    [Fact]
    public void Every_line_is_kept_and_prefixed_however_it_comes_in_pieces() =>
        Gen.Select(Texts("", "Step #1 - \"a\": "), Texts("a", "bc", "\n", "\r", "").Array[0, 40], Gen.Int[1, 7].Array[1, 9]).Sample((prefix, parts, cuts) =>
        {
            var text = string.Concat(parts);
            var bytes = Encoding.UTF8.GetBytes(text);
            var log = Logged(prefix, SecretMask.None, output =>
            {
                for (int at = 0, piece = 0; at < bytes.Length; piece++)
                {
                    var length = Math.Min(cuts[piece % cuts.Length], bytes.Length - at);
                    output.Take(false, bytes.AsSpan(at, length));
                    at += length;
                }
            });
            var lines = text.EndsWith('\n') ? text[..^1].Split('\n') : text.Split('\n');
            Assert.Equal(text.Length == 0 ? "" : string.Concat(lines.Select(line => $"{prefix}{line}\n")), log);
        });

    [Fact]
    public void A_line_without_end_is_written_in_parts_and_still_hides_a_secret_between_them()
    {
        var line = new string('x', 70_000) + "hunter2" + new string('y', 70_000);
        var bytes = Encoding.UTF8.GetBytes(line);
        var log = Logged("p: ", SecretMask.Of(["hunter2"]), output =>
        {
            output.Take(false, bytes.AsSpan(0, 70_003));
            output.Take(false, bytes.AsSpan(70_003));
        });

        Assert.Equal($"p: {line.Replace("hunter2", "***")}\n", log);
    }

    private static Gen<string> Texts(params string[] of) => Gen.Int[0, of.Length - 1].Select(index => of[index]);

    private string Logged(string prefix, SecretMask mask, Action<StepOutput> print)
    {
        var path = Path.Combine(_folder.Path, $"{Guid.NewGuid()}");
        using (var log = BuildLog.Open(path))
        {
            log.Mask = mask;
            var output = log.Output(prefix);
            print(output);
            output.End();
        }

        return File.ReadAllText(path);
    }
}

using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Google.Cloud.CloudBuild.V1;
using MlOps.LocalCloud.CloudBuild;
using MlOps.LocalCloud.CloudBuild.Artifacts;
using MlOps.LocalCloud.Tests.CloudBuild.Sources;
using static Google.Cloud.CloudBuild.V1.Artifacts.Types;
using static Google.Cloud.CloudBuild.V1.Build.Types.FailureInfo.Types;

namespace MlOps.LocalCloud.Tests.CloudBuild.Artifacts;

public sealed class ArtifactUploadTests : IDisposable
{
    private static readonly string[] Parts =
        ["a", "b", "*", "**", "?", "[ab]", "[!a]", "[a-c]*", "*.txt", ".*", ".h", "a*", "*b", "c.txt", "[b-a]", "[", "[]x]", "\\*", "ab", "z", "??.txt", "?.txt"];

    private readonly SourceLab _lab = new();
    private readonly List<string> _read = [];

    public void Dispose() => _lab.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_are_uploaded_below_the_location_and_listed_in_a_manifest()
    {
        _lab.Write("workspace/dist/a.whl", "wheel");
        _lab.Write("workspace/dist/sub/b.whl", "other");
        _lab.Write("workspace/report.html", "<html>");
        var results = await UploadAsync("gs://out-bucket/builds/", "dist/*.whl", "report.html");
        Assert.Equal(("gs://out-bucket/builds/artifacts-b1.json", 2L), (results.ArtifactManifest, results.NumArtifacts));
        Assert.True(results.ArtifactTiming.EndTime >= results.ArtifactTiming.StartTime);
        Assert.Equal("wheel", await ObjectAsync("builds/dist/a.whl"));
        Assert.Equal("<html>", await ObjectAsync("builds/report.html"));
        var record = JsonNode.Parse((await ObjectAsync("builds/artifacts-b1.json")).Split('\n')[0])!;
        var stored = await _lab.Objects.FindAsync("out-bucket", "builds/dist/a.whl", Cancel);
        Assert.Equal($"gs://out-bucket/builds/dist/a.whl#{stored!.Generation}", record["location"]!.ToString());
        var hash = record["file_hash"]![0]!["file_hash"]![0]!;
        Assert.Equal(2, (int)hash["type"]!);
        Assert.Equal(Convert.ToBase64String(MD5.HashData("wheel"u8)), Encoding.ASCII.GetString(Convert.FromBase64String(hash["value"]!.ToString())));
        Assert.Contains("2 total artifacts uploaded to gs://out-bucket/builds/", _lab.Log);
        Assert.Contains("Copying file://report.html [Content-Type=text/html]...", _lab.Log);
    }

    [Fact]
    public async Task Only_what_a_pattern_may_match_is_read_from_the_workspace()
    {
        _lab.Write("workspace/dist/a.whl", "wheel");
        _lab.Write("workspace/dist/deep/b.whl", "wheel");
        await UploadAsync("gs://out-bucket/", "dist/**/*.whl", "dist/deep/*", "/workspace/dist/a.whl");
        Assert.Equal(["dist"], _read);
    }

    [Fact]
    public async Task A_file_that_two_patterns_match_is_one_artifact_and_a_folder_is_all_its_files()
    {
        _lab.Write("workspace/dist/a.whl", "wheel");
        _lab.Write("workspace/dist/.hidden/c", "c");
        Assert.Equal(2, (await UploadAsync("gs://out-bucket", "dist", "dist/*.whl")).NumArtifacts);
        Assert.Equal("c", await ObjectAsync("dist/.hidden/c"));
    }

    [Fact]
    public async Task Patterns_without_a_match_fail_the_build_all_at_once_and_upload_nothing()
    {
        _lab.Write("workspace/dist/a.whl", "wheel");
        var fault = await Assert.ThrowsAsync<BuildFaultException>(() => UploadAsync("gs://out-bucket/", "dist/*.whl", "*.jar", "target/**", "../x"));
        Assert.Equal(FailureType.PushFailed, fault.Type);
        Assert.StartsWith("could not upload *.jar, target/**, ../x to gs://out-bucket/: no files in /workspace match.", fault.Message, StringComparison.Ordinal);
        Assert.Null(await _lab.Objects.FindAsync("out-bucket", "dist/a.whl", Cancel));
    }

    [Fact]
    public async Task A_location_that_is_none_is_told()
    {
        var fault = await Assert.ThrowsAsync<BuildFaultException>(() => UploadAsync("out-bucket/x", "a"));
        Assert.Contains("artifacts.objects.location is 'out-bucket/x'; expected gs://BUCKET/PATH", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>bash is the oracle, as cloud-build-local ran it.</summary>
    [Fact]
    public void Patterns_match_as_bash_with_globstar_does()
    {
        string[] files = ["a", "b.txt", "ab/c.txt", "ab/.h/x", ".dot/a", "ab/ab/c", "a-b/[x]", "ab/b.txt", "z/é.txt"];
        foreach (var file in files)
        {
            _lab.Write("workspace/" + file, "");
        }

        var part = Gen.Int[0, Parts.Length - 1].Select(at => Parts[at]);
        part.Array[1, 3].Select(parts => string.Join('/', parts)).Sample(
            pattern =>
            {
                var glob = new PathGlob(pattern);
                Assert.Equal((pattern, Bash(pattern)), (pattern, string.Join('\n', files.Where(glob.Matches).Order(StringComparer.Ordinal))));
            },
            iter: 400,
            threads: 1);
    }

    private string Bash(string pattern)
    {
        string[] arguments = ["-c", $"shopt -s globstar; export LC_ALL=C.UTF-8; find ./{pattern} -type f 2>/dev/null | sed 's:/\\+:/:g;s:^\\./::' | LC_ALL=C sort -u"];
        using var bash = Process.Start(new ProcessStartInfo("bash", arguments) { WorkingDirectory = _lab.Workspace, UseShellExecute = false, RedirectStandardOutput = true, StandardOutputEncoding = Encoding.UTF8 })!;
        var output = bash.StandardOutput.ReadToEnd();
        bash.WaitForExit();
        return output.Trim();
    }

    private async Task<Results> UploadAsync(string location, params string[] paths)
    {
        var results = new Results();
        var build = new Build { Id = "b1", Artifacts = new() { Objects = new ArtifactObjects { Location = location, Paths = { paths } } } };
        await new ArtifactUpload(_lab.Objects, TimeProvider.System).UploadAsync(build, CopyAsync, results, _lab.Log.Add, Cancel);
        return results;
    }

    private Task<bool> CopyAsync(string path, string target, CancellationToken cancel)
    {
        _read.Add(path);
        var from = Path.Combine(_lab.Workspace, path);
        if (!Path.Exists(from))
        {
            return Task.FromResult(false);
        }

        SourceLab.Run(_lab.Workspace, "cp", "-aT", from, target);
        return Task.FromResult(true);
    }

    private async Task<string> ObjectAsync(string name)
    {
        var (_, content) = await _lab.Objects.OpenAsync("out-bucket", name, Cancel) ?? throw new InvalidOperationException(name);
        using var reader = new StreamReader(content);
        return await reader.ReadToEndAsync(Cancel);
    }
}

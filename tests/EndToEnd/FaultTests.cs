using System.Diagnostics;
using MlOps.Testing;

namespace MlOps.Cli.Tests;

/// <summary>What a delivery says of a machine or a registry that does not play along.</summary>
public sealed class FaultTests
{
    private static SampleRepo RepoWithImagesAt(string host)
    {
        var repo = new SampleRepo();
        repo.Replace("mlops.yaml", "local:\n", $"local:\n    images: {host}/acme/ml\n");
        repo.Commit("images elsewhere");
        return repo;
    }

    [Fact]
    [Trait("speed", "slow")]
    public async Task A_registry_that_is_not_there_is_asked_again_and_then_named()
    {
        Engine.Required();
        using var repo = RepoWithImagesAt("127.0.0.1:9");
        var outcome = await new Mlops(repo.Root, repo.Home).RunAsync("ci", "--only", "checkout,build");

        Assert.True(outcome.ExitCode == 1, outcome.All);
        Assert.Contains("127.0.0.1:9 cannot be reached (6 attempts)", outcome.Errors);
        Assert.False(File.Exists(repo.PathOf(".mlops/build.json")));
    }

    [Fact]
    public async Task A_registry_that_refuses_is_named_with_how_to_log_in()
    {
        Engine.Required();
        await using var registry = await RegistryProcess.StartAsync(refuses: true);
        using var repo = RepoWithImagesAt(registry.Host);
        var outcome = await new Mlops(repo.Root, repo.Home).RunAsync("ci", "--only", "checkout,build");

        Assert.True(outcome.ExitCode == 1, outcome.All);
        Assert.Contains($"{registry.Host} ", outcome.Errors);
        Assert.Contains("401 Unauthorized", outcome.Errors);
        Assert.Contains($"docker login {registry.Host}", outcome.Errors);
    }

    [Fact]
    public async Task A_full_disk_is_named_and_nothing_is_half_written()
    {
        using var home = new TemporaryFolder();
        using var disk = SmallDisk.Mounted(Path.Combine(home.Path, "disk"), kilobytes: 256);
        using var repo = new SampleRepo();
        Copy(repo.Root, disk.Path);
        disk.Fill();

        var lint = await new Mlops(disk.Path, home.Path).RunAsync("lint");
        Assert.True(lint.ExitCode == 1, lint.All);
        Assert.Contains("The disk is full: free some space", lint.Errors);
        Assert.DoesNotContain(Directory.EnumerateFiles(disk.Path, "*", SearchOption.AllDirectories), file => file.Contains("/.mlops/", StringComparison.Ordinal));

        var compile = await new Mlops(disk.Path, home.Path).RunAsync("compile", "--allow-tags", "pipelines/greet.yaml");
        Assert.True(compile.ExitCode == 1, compile.All);
        Assert.Contains("greet.json", compile.Errors);
        Assert.Empty(Directory.GetFiles(disk.Path, "greet*"));
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(file => !file.Contains("/.git/", StringComparison.Ordinal)))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>A file system of a few kilobytes in memory.</summary>
    private sealed class SmallDisk : IDisposable
    {
        public required string Path { get; init; }

        public static SmallDisk Mounted(string path, int kilobytes)
        {
            Directory.CreateDirectory(path);
            Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", path) == 0, "This user may not mount a tmpfs here.");
            return new SmallDisk { Path = path };
        }

        public void Fill()
        {
            using var file = File.Create(System.IO.Path.Combine(Path, "rest"));
            try
            {
                while (true)
                {
                    file.Write(new byte[4096]);
                    file.Flush();
                }
            }
            catch (IOException)
            {
                // It is full now.
            }
        }

        public void Dispose() => Run("umount", Path);

        private static int Run(string program, params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
            process.WaitForExit();
            return process.ExitCode;
        }
    }
}

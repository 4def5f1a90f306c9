using System.Diagnostics;
using Google.Cloud.CloudBuild.V1;
using MlOps.LocalCloud.CloudBuild;
using MlOps.LocalCloud.CloudBuild.Sources;
using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Storage;
using MlOps.Testing;
using static Google.Cloud.CloudBuild.V1.Build.Types.FailureInfo.Types;

namespace MlOps.LocalCloud.Tests.CloudBuild.Sources;

/// <summary>Storage, repositories and a workspace of a test's own.</summary>
internal sealed class SourceLab : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CloudDatabase _database;
    private readonly StorageService _storage;

    public SourceLab()
    {
        var options = new LocalCloudOptions(Path.Combine(_folder.Path, "cloud"));
        Directory.CreateDirectory(options.StateFolder);
        _database = new CloudDatabase(options.StateFolder, ObjectTable.Schema);
        _storage = new StorageService(_database, options);
        Repositories = new LocalRepositories(options.StateFolder);
    }

    public LocalRepositories Repositories { get; }

    public ObjectStore Objects => _storage.Objects;

    public string Workspace => Path.Combine(_folder.Path, "workspace");

    public List<string> Log { get; } = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public string Folder(string name) => Directory.CreateDirectory(Path.Combine(_folder.Path, name)).FullName;

    public string Write(string path, string text) => _folder.Write(path, text);

    /// <summary>What the workspace has at a path.</summary>
    public string Read(string path) => File.ReadAllText(Path.Combine(Workspace, path));

    /// <summary>Puts a file's bytes into Storage; gives the generation.</summary>
    public async Task<long> UploadAsync(string bucket, string name, string file)
    {
        var copy = Path.Combine(_folder.Path, Guid.NewGuid().ToString("N"));
        File.Copy(file, copy);
        return (await Objects.ImportFileAsync(bucket, name, copy, Cancel)).Generation;
    }

    /// <summary>Into an empty workspace.</summary>
    public Task<SourceProvenance?> FetchAsync(Build build)
    {
        if (Directory.Exists(Workspace))
        {
            Directory.Delete(Workspace, recursive: true);
        }

        return new SourceFetch(Objects, Repositories).FetchAsync(build, Workspace, Log.Add, Cancel);
    }

    public Task<SourceProvenance?> FetchAsync(Source source) => FetchAsync(new Build { Id = "b", ProjectId = "local", Source = source });

    /// <summary>The message with which fetching fails.</summary>
    public async Task<string> FailureAsync(Build build)
    {
        var fault = await Assert.ThrowsAsync<BuildFaultException>(() => FetchAsync(build));
        Assert.Equal(FailureType.FetchSourceFailed, fault.Type);
        return fault.Message;
    }

    public Task<string> FailureAsync(Source source) => FailureAsync(new Build { Id = "b", ProjectId = "local", Source = source });

    /// <summary>A program of the machine's, such as tar or zip.</summary>
    public static void Run(string folder, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync(Cancel);
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {errors.Result}");
    }

    public void Dispose()
    {
        _storage.Dispose();
        _database.Dispose();
        _folder.Dispose();
    }
}

using MlOps.Core.Problems;
using MlOps.Google;
using MlOps.Steps.Project;
using MlOps.Steps.Workspaces;
using MlOps.Testing;

namespace MlOps.Steps.Tests;

/// <summary>A repo of a test's own and the context that steps are given in it; what they tell is kept.</summary>
internal sealed class TestDelivery : IDeliveryLog, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Lock _gate = new();

    public TestDelivery(string name = "repo")
    {
        Root = Directory.CreateDirectory(Path.Combine(_folder.Path, name)).FullName;
    }

    public string Root { get; }

    public List<string> Lines { get; } = [];

    public List<Problem> Warnings { get; } = [];

    public Workspace Workspace => new(Root);

    /// <summary>Reads mlops.yaml anew.</summary>
    public DeliveryContext Context => new(
        ProjectFileReader.Read(Root), Workspace, DeliveryEnvironment.Local, GcpEndpoint.Local(new Uri("http://127.0.0.1:9"), new Uri("http://127.0.0.1:9")), DeliveryOptions.Default with { Parallelism = 2 }, this, TimeProvider.System);

    public TestDelivery Write(string relative, string text)
    {
        var path = Path.Combine(Root, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return this;
    }

    public string Read(string relative) => File.ReadAllText(Path.Combine(Root, relative));

    public void Line(string step, string? subject, string text)
    {
        lock (_gate)
        {
            Lines.Add($"{step} {subject}: {text}");
        }
    }

    public void Output(string step, string subject, string text) => Line(step, subject, text);

    public void Warning(Problem problem)
    {
        lock (_gate)
        {
            Warnings.Add(problem);
        }
    }

    public void Dispose() => _folder.Dispose();
}

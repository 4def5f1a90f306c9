namespace MlOps.Testing;

/// <summary>
/// A small ML repo in a folder of its own, committed to git: component <c>hello</c> (a shell script on busybox) and pipeline
/// <c>greet</c> that runs it. Tests change it as they need.
/// </summary>
public sealed class SampleRepo : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SampleRepo(string name = "repo")
    {
        Root = Path.Combine(_folder.Path, name);
        Write("mlops.yaml", MlopsYaml);
        Write("components/hello/component.yaml", ComponentYaml);
        Write("components/hello/Dockerfile", "FROM busybox:1.36\nCOPY greet.sh /greet.sh\nENTRYPOINT [\"sh\", \"/greet.sh\"]\n");
        Write("components/hello/greet.sh", "mkdir -p \"$(dirname \"$2\")\"\nprintf 'hello %s' \"$1\" > \"$2\"\n");
        Write("pipelines/greet.yaml", PipelineYaml);
        Write(".gitignore", ".mlops/\n");
        Git("init", "-q", "-b", "main");
        Commit("start");
    }

    public const string MlopsYaml = """
        name: sample
        components: components
        pipelines:
          greet: {source: pipelines/greet.yaml}
        environments:
          local:
            run: {pipeline: greet, parameters: settings.yaml}

        """;

    public const string ComponentYaml = """
        name: hello
        inputs:
        - {name: who, type: String, default: world}
        outputs:
        - {name: greeting, type: String}
        implementation:
          container:
            image: hello   # replaced by the toolkit
            args: [{inputValue: who}, {outputPath: greeting}]

        """;

    public const string PipelineYaml = """
        name: greet
        inputs:
          who: {type: string, default: world}
        tasks:
          hello:
            component: hello
            with: {who: "${{ inputs.who }}"}
        outputs:
          greeting: ${{ tasks.hello.outputs.greeting }}

        """;

    public string Root { get; }

    /// <summary>A folder beside the repo, for the state of a local cloud.</summary>
    public string Home => Path.Combine(_folder.Path, "home");

    public string PathOf(string relative) => Path.Combine(Root, relative);

    public string Write(string relative, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(relative))!);
        File.WriteAllText(PathOf(relative), text);
        return PathOf(relative);
    }

    public void Replace(string relative, string what, string by)
    {
        var text = File.ReadAllText(PathOf(relative));
        if (!text.Contains(what, StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{relative} does not hold '{what}'.");
        }

        File.WriteAllText(PathOf(relative), text.Replace(what, by, StringComparison.Ordinal));
    }

    public string Commit(string message)
    {
        if (!File.Exists(PathOf("settings.yaml")))
        {
            Write("settings.yaml", "who: everybody\n");
        }

        Git("add", "-A");
        Git("commit", "-q", "--allow-empty", "-m", message);
        return Git("rev-parse", "HEAD");
    }

    public string Git(params string[] arguments) => GitCommand.Run(Root, arguments);

    public void Dispose() => _folder.Dispose();
}

using MlOps.Core.Problems;
using MlOps.Steps.Project;
using MlOps.Testing;

namespace MlOps.Steps.Tests.Project;

public sealed class ProjectFileReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_example_of_the_documentation_is_read_whole()
    {
        _folder.Write("components/train/component.yaml", "name: train\n");
        _folder.Write("components/train/Dockerfile", "FROM scratch\n");
        _folder.Write("components/score/component.yaml", "name: score\n");
        _folder.Write("components/score/Score.csproj", "<Project/>\n");
        _folder.Write("components/echo/component.yaml", "name: echo\nimplementation:\n  container:\n    image: busybox:1.36\n");
        _folder.Write("pipelines/training.yaml", "name: training\n");
        _folder.Write("pipelines/scoring.py", "from kfp import dsl\n");
        _folder.Write("settings/dev.yaml", "rows: 1\n");
        var project = Read(Example);

        Assert.Equal("wildlife-strikes", project.Name);
        Assert.Equal(["echo", "score", "train"], project.Components.Select(component => component.Name));
        Assert.Equal([false, true, true], project.Components.Select(component => component.IsBuilt));
        Assert.Equal("pytest --junitxml=junit.xml", project.Components[2].Test.Command);
        Assert.Equal("PIP_INDEX_TOKEN", project.Components[2].Build.Secrets["pip"].Variable);
        Assert.Equal("https://pypi.example.com", project.Components[0].Build.Args["INDEX"]);
        Assert.Equal(["yaml kfp"], [string.Join(' ', project.Pipelines["training"].Compiler, project.Pipelines["scoring"].Compiler)]);
        Assert.Equal(["dev", "local", "prod", "staging"], project.Environments.Keys);
        var dev = project.Environments["dev"];
        Assert.Equal("us-central1-docker.pkg.dev/acme-ml-dev/ml", dev.Images);
        Assert.Equal(["training"], dev.Runs.Select(run => run.Pipeline));
        Assert.Equal(TimeSpan.FromHours(2), dev.Runs[0].Timeout);
        Assert.Equal(["**/*.md", "notebooks/**"], Assert.Single(dev.Triggers).IgnoredFiles);
        Assert.Equal(["^main$", "^(dev|main)$ not"], project.Environments["staging"].Triggers.Select(trigger => trigger.Branch + (trigger.InvertRegex ? " not" : "")));
        Assert.Equal(["training", "scoring"], project.Environments["staging"].Runs.Select(run => run.Pipeline));
        Assert.Equal(["schedule", "deploy"], project.Environments["prod"].NotBuiltYet);
        Assert.Empty(project.Warnings);
    }

    [Fact]
    public void The_local_environment_is_there_without_being_written()
    {
        Assert.Equal(DeliveryEnvironment.Local, Read("name: a\n").Environments["local"]);
    }

    [Fact]
    public void What_the_file_says_of_local_goes_over_its_defaults()
    {
        var local = Read("name: a\nenvironments:\n  local: {pipelineRoot: gs://other/root}\n").Environments["local"];
        Assert.Equal(("gs://other/root", "local"), (local.PipelineRoot, local.Project));
    }

    [Fact]
    public void It_is_found_from_a_folder_below()
    {
        _folder.Write("mlops.yaml", "name: a\n");
        var below = Directory.CreateDirectory(Path.Combine(_folder.Path, "components/train/src")).FullName;
        Assert.Equal(_folder.Path, ProjectFileReader.Read(below).Root);
    }

    [Fact]
    public void A_missing_file_is_told_with_what_to_do()
    {
        var problem = Assert.Single(Assert.Throws<InvalidInputException>(() => ProjectFileReader.Read(_folder.Path)).Problems);
        Assert.Equal("no-project-file", problem.Code);
        Assert.Contains("mlops init", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_are_told_at_once_with_their_places()
    {
        _folder.Write("pipelines/training.yaml", "name: training\n");
        _folder.Write("components/train/component.yaml", "name: train\nimplementation:\n  container:\n    image: train\n");
        _folder.Write("components/train-2/component.yaml", "\nname: train\n");
        _folder.Write("components/train_2/component.yaml", "name: other\n");
        _folder.Write("components/base/Dockerfile", "FROM scratch\n");
        Golden.Matches(Problems(Faulty), "faulty.txt");
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("name: [\n")]
    [InlineData("- name: a\n")]
    [InlineData("name: a\nname: b\n")]
    [InlineData("name: a\n---\nname: b\n")]
    [InlineData("name: a\ntest: [x]\n")]
    [InlineData("name: a\npipelines: {a: {source: 3}}\n")]
    [InlineData("name: a\nenvironments: {dev: }\n")]
    [InlineData("name: a\nenvironments: {a: {promoteFrom: b}, b: {promoteFrom: a}, c: {promoteFrom: a}}\n")]
    public void Broken_files_have_problems_with_a_place(string text)
    {
        _folder.Write("mlops.yaml", text);
        var problems = Assert.Throws<InvalidInputException>(() => ProjectFileReader.Read(_folder.Path)).Problems;
        Assert.NotEmpty(problems);
        Assert.All(problems, problem => Assert.True(problem is { File: "mlops.yaml", Line: > 0, Column: > 0 }, problem.ToString()));
    }

    [Fact]
    public void Windows_line_ends_and_a_byte_order_mark_change_nothing()
    {
        var project = Read("\uFEFFname: a\r\ntest:\r\n  command: make test\r\n");
        Assert.Equal(("a", "make test"), (project.Name, project.Test.Command));
    }

    [Fact]
    public void A_file_that_is_not_utf8_is_told()
    {
        File.WriteAllBytes(Path.Combine(_folder.Path, "mlops.yaml"), [.. "name: "u8, 0xE9, 0x0A]);
        Assert.Equal("not-utf8", Assert.Single(Assert.Throws<InvalidInputException>(() => ProjectFileReader.Read(_folder.Path)).Problems).Code);
    }

    [Theory]
    [InlineData("pipelines/a.py", "import kfp\n", "kfp")]
    [InlineData("pipelines/a.py", "from tfx import v1 as tfx\nimport kfp\n", "tfx")]
    [InlineData("pipelines/a.yaml", "name: a\ntasks: {}\n", "yaml")]
    [InlineData("pipelines/a.yaml", "# made by kfp\ncomponents: {}\npipelineInfo:\n  name: a\n", "ir")]
    [InlineData("pipelines/a.json", "{\"pipelineSpec\": {}}", "ir")]
    public void The_compiler_is_found_from_the_file(string file, string content, string compiler)
    {
        _folder.Write(file, content);
        Assert.Equal(compiler, Read($"name: a\npipelines: {{a: {file}}}\n").Pipelines["a"].Compiler);
    }

    [Theory]
    [InlineData("Train", "cannot give its name to an image")]
    [InlineData("träne", "cannot give its name to an image")]
    [InlineData("repo", "No component may be called 'repo'")]
    public void A_component_has_a_name_that_images_and_reports_can_have(string name, string said)
    {
        _folder.Write($"components/{name}/component.yaml", "name: a\n");
        _folder.Write($"components/{name}/Dockerfile", "FROM scratch\n");
        Assert.Contains(said, Problems("name: a\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dockerfile: docker/Dockerfil", "mlops.yaml:2:", "names docker/Dockerfil, which is not in the component's folder")]
    [InlineData("project: A.csproj", "mlops.yaml:2:", "names A.csproj")]
    public void A_file_that_a_component_names_must_be_there(string setting, string place, string said)
    {
        _folder.Write("components/train/component.yaml", "name: a\n");
        var problems = Problems($"name: a\ncomponents: {{settings: {{train: {{{setting}}}}}}}\n");
        Assert.Contains(place, problems, StringComparison.Ordinal);
        Assert.Contains(said, problems, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_several_projects_the_file_must_say_which_is_the_image()
    {
        _folder.Write("components/train/component.yaml", "name: a\n");
        _folder.Write("components/train/A.csproj", "");
        _folder.Write("components/train/B.csproj", "");
        Assert.Contains("components: {settings: {train: {project: A.csproj}}}", Problems("name: a\n"), StringComparison.Ordinal);
        Assert.EndsWith("B.csproj", Read("name: a\ncomponents: {settings: {train: {project: B.csproj}}}\n").Components[0].DotnetProject, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_can_be_the_compiler()
    {
        _folder.Write("pipelines/a.rb", "");
        var pipeline = Read("name: a\npipelines: {a: {source: pipelines/a.rb, compiler: {command: ruby pipelines/a.rb}}}\n").Pipelines["a"];
        Assert.Equal(("command", "ruby pipelines/a.rb"), (pipeline.Compiler, pipeline.Command));
    }

    [Fact]
    public void The_templates_file_is_read()
    {
        foreach (var template in Directory.EnumerateDirectories(Path.Combine(Shared.Checkout(), "templates")).Where(folder => File.Exists(Path.Combine(folder, "mlops.yaml"))))
        {
            Assert.NotEmpty(ProjectFileReader.Read(template).Components);
        }
    }

    private ProjectFile Read(string text)
    {
        _folder.Write("mlops.yaml", text);
        return ProjectFileReader.Read(_folder.Path);
    }

    private string Problems(string text)
    {
        _folder.Write("mlops.yaml", text);
        return string.Join('\n', Assert.Throws<InvalidInputException>(() => ProjectFileReader.Read(_folder.Path)).Problems) + "\n";
    }

    private const string Example = """
        name: wildlife-strikes
        components:
          folder: components
          settings:
            train:
              test: {command: pytest --junitxml=junit.xml}
              build: {secrets: {pip: {env: PIP_INDEX_TOKEN}}}
        pipelines:
          training: {source: pipelines/training.yaml}
          scoring:  {source: pipelines/scoring.py, compiler: kfp}
        test:  {command: make test, integration: make integration}
        lint:  {commands: [make lint]}
        build: {args: {INDEX: 'https://pypi.example.com'}}
        environments:
          dev: &dev
            project: acme-ml-dev
            region: us-central1
            images: us-central1-docker.pkg.dev/acme-ml-dev/ml
            pipelines: https://us-central1-kfp.pkg.dev/acme-ml-dev/pipelines
            pipelineRoot: gs://acme-ml-dev/root
            serviceAccount: pipelines@acme-ml-dev.iam.gserviceaccount.com
            trigger: {branch: '^dev$', ignoredFiles: ['**/*.md', 'notebooks/**']}
            run: {pipeline: training, parameters: settings/dev.yaml, timeout: 2h}
          staging:
            <<: *dev
            promoteFrom: dev
            trigger:
            - {branch: '^main$'}
            - {name: checks, branch: '^(dev|main)$', invertRegex: true, config: cloudbuild.yaml}
            run:
            - {pipeline: training, caching: false, failurePolicy: fast}
            - {pipeline: scoring, parallel: true}
          prod:
            <<: *dev
            promoteFrom: staging
            trigger: {tag: '^v\d+\.\d+\.\d+$'}
            approval: required
            schedule: {cron: 'TZ=Etc/UTC 0 3 * * *', pipeline: training}
            deploy: {endpoint: strikes, canary: [10, 50, 100], judge: canary.yaml}
        """;

    private const string Faulty = """
        name: Wildlife Strikes
        componets: components
        pipelines:
          training: {source: pipelines/trainin.yaml}
          other: {compiler: kfp}
        test: {comand: make test, reports: 3}
        environments:
          dev:
            project: ACME
            region: us-central1
            images: us-central1-docker.pkg.dev/acme-ml-dev/ml:latest
            trigger: {branch: '^dev(', tag: 'v.*'}
            run: {pipeline: trainin, parameters: settings/dev.yaml, timeout: 2, failurePolicy: fats}
          staging: {promoteFrom: deb}
          prod: {promoteFrom: prod, approval: needed, deploy: {canary: [50, 10]}}
        """;
}

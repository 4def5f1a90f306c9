using MlOps.Core.Problems;

namespace MlOps.Pipelines.Tests.Compilation;

/// <summary>What a wrong definition gets: the code, the place and what to do.</summary>
public sealed class CompilerErrorTests : IDisposable
{
    private readonly Sandbox _pipelines = new();

    [Theory]
    [InlineData("  a: {componet: make}", "no-target", 3, 7, "Did you mean 'component'?")]
    [InlineData("  a: {component: mak}", "unknown-component", 3, 18, "Did you mean 'make'?")]
    [InlineData("  a: {component: ./mak.yaml}", "unknown-component", 3, 18, "There is no file")]
    [InlineData("  a: {component: make, wiht: {}}", "unknown-key", 3, 24, "Did you mean 'with'?")]
    [InlineData("  a: {component: make, with: {cuont: 3}}", "unknown-input", 3, 31, "Did you mean 'count'?")]
    [InlineData("  a: {component: use, with: {Learning Rate: 0.5}}", "unknown-input", 3, 30, "named 'learning_rate' in pipelines")]
    [InlineData("  a: {component: make, with: {count: three}}", "wrong-type", 3, 38, "takes an integer, and this is a string")]
    [InlineData("  a: {component: make, with: {count: 9007199254740993}}", "wrong-type", 3, 38, "cannot hold exactly")]
    [InlineData("  a: {component: use, with: {items: [1, 9007199254740993]}}", "wrong-type", 3, 41, "9007199254740993 is beyond ±(2^53−1), which the IR cannot hold exactly. Pass it as a string.")]
    [InlineData("  a: {component: use, with: {options: {a: {b: -9007199254740992}}}}", "wrong-type", 3, 47, "cannot hold exactly")]
    [InlineData("  i: {importer: {uri: gs://x, metadata: {n: 9007199254740993}}}", "wrong-type", 3, 45, "cannot hold exactly")]
    [InlineData("  g: {forEach: [1, 9007199254740993], tasks: {b: {component: make}}}", "wrong-type", 3, 20, "Write it as a string.")]
    [InlineData("  a: {component: make}\ninputs: {l: {type: dict, default: {a: [9007199254740993]}}}", "wrong-type", 4, 40, "Write it as a string.")]
    [InlineData("  a: {component: make}\ninputs: {l: {type: string, default: 3}}", "wrong-type", 4, 37, "is an integer; expected a string. Put it in quotes: '3'")]
    [InlineData("  a: {component: use, with: {text: 3}}", "wrong-type", 3, 36, "takes a string, and this is an integer. Put it in quotes: '3'")]
    [InlineData("  a: {component: use, with: {text: true}}", "wrong-type", 3, 36, "Put it in quotes: 'true'")]
    [InlineData("  a: {component: use, with: {data: gs://x}}", "wrong-type", 3, 36, "Artifacts come from an output")]
    [InlineData("  a: {component: use, with: {text: null, size: [1]}}", "wrong-type", 3, 48, "this is a list")]
    [InlineData("  a: {component: make, after: [a]}", "cycle", 3, 3, "'a' waits for itself")]
    [InlineData("  a: {component: make, retry: {attempts: -1}}", "wrong-kind", 3, 42, "at least 0")]
    [InlineData("  a: {component: make, retry: {attempts: 1, backoff: 5}}", "bad-duration", 3, 54, "such as 30s")]
    [InlineData("  a: {component: make, retry: {attempts: 1, factor: 0}}", "wrong-kind", 3, 53, "above 0")]
    [InlineData("  a: {component: make, caching: {kee: x}}", "missing-key", 3, 33, "needs 'key'")]
    [InlineData("  a: {component: make, caching: no}", "wrong-kind", 3, 33, "this is a string")]
    [InlineData("  a: {component: make, env: {N: 3}}", "wrong-kind", 3, 33, "Put it in quotes: '3'")]
    [InlineData("  a: {component: make, env: {N: '${{ run.id }}'}}", "expression-in-env", 3, 33, "Pass the value as an argument")]
    [InlineData("  a: {component: make, resources: {accelerator: {count: 1}}}", "missing-key", 3, 49, "needs 'type'")]
    [InlineData("  a: {component: make, if: 3}", "bad-condition", 3, 28, "this is an integer")]
    [InlineData("  a: {component: make}\n  g: {if: '${{ tasks.a.outputs.ok }} > true', tasks: {b: {component: make}}}", "wrong-type", 4, 11, "== and != only")]
    [InlineData("  a: {component: make}\n  g: {if: '${{ tasks.a.outputs.num }} == 1 2', tasks: {b: {component: make}}}", "bad-condition", 4, 11, "'1 2' is no literal")]
    [InlineData("  a: {component: make}\n  b: {component: use, with: {text: '${{ tasks.a.output.word }}'}}", "bad-expression", 4, 37, ".outputs.NAME")]
    [InlineData("  a: {component: make}\n  b: {component: use, with: {text: '${{ tasks.a.outputs.words }}'}}", "unknown-output", 4, 37, "Did you mean 'word'?")]
    [InlineData("  a: {component: make}\n  b: {component: use, with: {options: {k: ['x', 'y ${{ tasks.a.outputs.data }}']}}}", "not-in-text", 4, 52, "an artifact")]
    [InlineData("  g: {forEach: [1, a], tasks: {b: {component: make}}}", "mixed-list", 3, 20, "the first is an integer, this is a string")]
    [InlineData("  g: {forEach: [{a: 1}, {b: 1}], tasks: {b: {component: make}}}", "mixed-list", 3, 25, "the first has a, this has b")]
    [InlineData("  g: {forEach: ['${{ run.id }}'], tasks: {b: {component: make}}}", "bad-loop", 3, 17, "no expression can stand in it")]
    [InlineData("  g: {forEach: '${{ run.id }}', tasks: {b: {component: make}}}", "wrong-type", 3, 16, "not lists")]
    [InlineData("  g: {forEach: [a], paralelism: 2, tasks: {b: {component: make}}}", "unknown-key", 3, 21, "Did you mean 'parallelism'?")]
    [InlineData("  g: {forEach: [a], parallelism: -1, tasks: {b: {component: make}}}", "wrong-kind", 3, 34, "0: no limit")]
    [InlineData("  g: {branches: [{if: '${{ run.id }} == 1', tasks: {b: {component: make}}}, {else: false, tasks: {c: {component: make}}}]}", "bad-branch", 3, 84, "else: true")]
    [InlineData("  g: {}", "no-target", 3, 3, "neither a task")]
    [InlineData("  a: {component: make}\n  b: {component: make, after: [g]}\n  g: {forEach: [1], tasks: {c: {component: make}}}", "unknown-reference", 4, 32, "'g' is a group")]
    [InlineData("  i: {importer: {type: Model}}", "missing-key", 3, 17, "needs 'uri'")]
    [InlineData("  i: {importer: {uri: gs://x, type: string}}", "wrong-type", 3, 37, "a parameter's type")]
    [InlineData("  i: {importer: {uri: gs://x, type: Model}, env: {A: b}}", "not-a-container", 3, 45, "importer")]
    [InlineData("  i: {importer: {uri: gs://x, type: Modle}}", "unknown-type", 3, 37, "Did you mean 'Model'?")]
    [InlineData("  i: {importer: {uri: gs://x, typ: Model}}", "unknown-key", 3, 31, "Did you mean 'type'?")]
    [InlineData("  i: {importer: gs://x}", "wrong-kind", 3, 17, "'importer' of the task 'i'")]
    [InlineData("  i: {importer: {uri: 'gs://x/${{ run.id }}'}}", "bad-importer", 3, 23, "one reference and nothing else")]
    [InlineData("  i: {importer: {uri: gs://x}, with: {uri: gs://y}}", "unknown-key", 3, 32, "has its 'uri' and 'metadata' under 'importer'")]
    [InlineData("  a: {component: make}\n  i: {importer: {uri: '${{ tasks.a.outputs.num }}'}}", "wrong-type", 4, 23, "takes a string")]
    [InlineData("  a: {component: make}\n  i: {importer: {uri: gs://x, metadata: {k: '${{ tasks.a.outputs.data }}'}}}", "not-in-text", 4, 46, "only parameters")]
    [InlineData("  i: {importer: {uri: gs://x, metadata: {k: '${{ tasks.b.outputs.data }}'}}}", "unknown-reference", 3, 46, "no task 'b'")]
    [InlineData("  i: {importer: {uri: gs://x, metadata: {'${{ run.id }}': 1}}}", "bad-importer", 3, 42, "keys")]
    [InlineData("  i: {importer: {uri: gs://x}}\n  b: {component: use, with: {data: '${{ tasks.i.outputs.artifcat }}'}}", "unknown-output", 4, 37, "Did you mean 'artifact'?")]
    [InlineData("  i: {importer: {uri: gs://x, type: Model}}\n  b: {component: use, with: {data: '${{ tasks.i.outputs.artifact }}'}}", "wrong-type", 4, 36, "this is")]
    public void A_fault_is_told_with_its_place_and_what_to_do(string tasks, string code, int line, int column, string says)
    {
        var (compiled, problems) = _pipelines.Try(tasks);

        Assert.Null(compiled);
        var problem = Assert.Single(problems, one => one.Code == code);
        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (problem.Line, problem.Column));
    }

    [Fact]
    public void All_faults_of_a_definition_are_told_at_once_and_nothing_follows_from_them()
    {
        var (_, problems) = _pipelines.Try("""
              a: {component: mak, with: {count: x}}
              b: {component: use, with: {text: '${{ tasks.a.outputs.word }}', siez: 3}}
              c: {component: use, with: {text: '${{ tasks.b.outputs.wrd }}', rate: fast}}
              d: {component: use, retries: 2, after: [e]}
              f: {if: '${{ oops', tasks: {g: {component: use}}}
              h: {component: use, after: [c], with: {text: "${{ nothing }}"}}
            """.ReplaceLineEndings("\n"));

        Assert.Equal(
            ["bad-expression", "unknown-component", "unknown-input", "unknown-key", "unknown-output", "unknown-reference", "unknown-reference", "wrong-type"],
            problems.Select(problem => problem.Code).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_file_that_is_not_YAML_is_told_with_its_place()
    {
        var (_, problems) = _pipelines.Try("  a: {component: make\n  b: ]\n");

        Assert.Equal("not-yaml", Assert.Single(problems).Code);
        Assert.True(problems[0].Line > 2);
    }

    [Fact]
    public void A_file_that_is_not_UTF8_is_told_with_its_place()
    {
        var latin = System.Text.Encoding.Latin1.GetBytes("name: make\n# caf\u00e9\nimplementation: {container: {image: x}}\n");
        File.WriteAllBytes(_pipelines.Write("components/make/component.yaml", ""), latin);

        var (compiled, problems) = _pipelines.Try("  a: {component: make}");

        Assert.Null(compiled);
        Assert.Equal(["not-utf8", "bad-component"], problems.Select(problem => problem.Code));
        Assert.EndsWith("component.yaml", problems[0].File, StringComparison.Ordinal);
        Assert.Equal((2, 6), (problems[0].Line, problems[0].Column));

        problems.Clear();
        File.WriteAllBytes(_pipelines.Write("latin.yaml", ""), latin);
        Assert.Null(PipelineCompiler.Compile(Path.Combine(_pipelines.Path, "latin.yaml"), new CompileOptions(), problems));
        Assert.Equal(("not-utf8", 2, 6), (Assert.Single(problems).Code, problems[0].Line, problems[0].Column));
    }

    [Fact]
    public void A_file_that_is_not_there_is_told()
    {
        var problems = new List<Problem>();

        Assert.Null(PipelineCompiler.Compile(Path.Combine(_pipelines.Path, "none.yaml"), new CompileOptions(), problems));
        Assert.Equal("unreadable-file", Assert.Single(problems).Code);
    }

    [Theory]
    [InlineData("name: a\nimplementation: {}\n", "This is a component")]
    [InlineData("pipelineInfo: {name: a}\n", "compiled pipeline")]
    public void A_file_of_another_kind_is_recognised(string text, string says)
    {
        var problems = new List<Problem>();

        Assert.Null(PipelineCompiler.Compile(_pipelines.Write("other.yaml", text), new CompileOptions(), problems));
        Assert.Contains(says, Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_fault_of_a_component_is_told_in_its_file_and_where_it_is_used()
    {
        _pipelines.Write("components/make/component.yaml", "name: make\nimplementation: {container: {imag: x}}\n");

        var (_, problems) = _pipelines.Try("  a: {component: make}\n  b: {component: make}");

        Assert.Equal(["unknown-key", "missing-key", "bad-component"], problems.Select(problem => problem.Code));
        Assert.EndsWith("component.yaml", problems[0].File, StringComparison.Ordinal);
        Assert.EndsWith("pipeline.yaml", problems[2].File, StringComparison.Ordinal);
    }

    [Fact]
    public void Pipelines_that_nest_each_other_are_a_cycle()
    {
        _pipelines.Write("other.yaml", "name: other\ntasks: {a: {pipeline: pipeline.yaml}}\n");

        var (_, problems) = _pipelines.Try("  a: {pipeline: other.yaml}");

        Assert.Contains(problems, problem => problem.Code == "cycle" && problem.Message.Contains("pipeline.yaml -> other.yaml -> pipeline.yaml", StringComparison.Ordinal));
    }

    [Fact]
    public void An_image_without_a_digest_is_told_once_at_its_component_unless_tags_are_allowed()
    {
        var (compiled, problems) = _pipelines.Try("  a: {component: make}\n  b: {component: make}", new CompileOptions());

        Assert.Null(compiled);
        var problem = Assert.Single(problems);
        Assert.Equal("unpinned-image", problem.Code);
        Assert.EndsWith("component.yaml", problem.File, StringComparison.Ordinal);
        Assert.Equal(12, problem.Line);
    }

    public void Dispose() => _pipelines.Dispose();
}

using MlOps.CloudBuild.Config;
using MlOps.CloudBuild.Substitutions;
using MlOps.Core.Problems;
using Google.Cloud.CloudBuild.V1;

namespace MlOps.CloudBuild.Tests.Substitutions;

public sealed class SubstitutorTests
{
    private static readonly Dictionary<string, string> Nothing = [];

    [Fact]
    public void Every_field_that_files_rely_on_is_substituted()
    {
        var build = Resolve("""
            steps:
            - {name: 'n$_V', args: ['a$_V'], env: ['E=$_V'], dir: 'd$_V', entrypoint: 'e$_V'}
            images: ['i$_V']
            tags: ['t$_V']
            logsBucket: 'gs://l$_V'
            serviceAccount: 's$_V'
            artifacts:
              images: ['ai$_V']
              objects: {location: 'gs://o$_V', paths: ['p$_V']}
              mavenArtifacts: [{repository: 'r$_V', path: 'm$_V'}]
            availableSecrets:
              secretManager: [{versionName: 'projects/p/secrets/$_V/versions/1', env: S}]
            options: {env: ['O=$_V'], pool: {name: 'projects/p/workerPools/$_V'}}
            substitutions: {_V: '7'}
            """);
        var step = build.Steps[0];
        Assert.Equal(["n7", "a7", "E=7", "d7", "e7"], [step.Name, step.Args[0], step.Env[0], step.Dir, step.Entrypoint]);
        Assert.Equal(["i7", "t7", "gs://l7", "s7"], [build.Images[0], build.Tags[0], build.LogsBucket, build.ServiceAccount]);
        Assert.Equal(["ai7", "gs://o7", "p7", "r7", "m7"], [build.Artifacts.Images[0], build.Artifacts.Objects.Location, build.Artifacts.Objects.Paths[0], build.Artifacts.MavenArtifacts[0].Repository, build.Artifacts.MavenArtifacts[0].Path]);
        Assert.Equal("projects/p/secrets/7/versions/1", build.AvailableSecrets.SecretManager[0].VersionName);
        Assert.Equal(["O=7", "projects/p/workerPools/7"], [build.Options.Env[0], build.Options.Pool.Name]);
    }

    [Fact]
    public void Names_of_steps_and_scripts_stay_as_they_are()
    {
        var build = Resolve("""
            steps:
            - {name: a, id: '$PROJECT_ID', script: 'echo $FOO $_X ${BAR:-x}'}
            - {name: b, waitFor: ['$PROJECT_ID']}
            """);
        Assert.Equal(["$PROJECT_ID", "echo $FOO $_X ${BAR:-x}", "$PROJECT_ID"], [build.Steps[0].Id, build.Steps[0].Script, build.Steps[1].WaitFor[0]]);
    }

    [Fact]
    public void The_build_that_was_given_is_not_changed()
    {
        var build = new Build { Steps = { new BuildStep { Name = "$_A" } }, Substitutions = { ["_A"] = "v" } };
        var before = build.Clone();
        Assert.Equal("v", Substitutor.Apply(build, Nothing, triggered: false, ConfigPlaces.None, [])!.Steps[0].Name);
        Assert.Equal(before, build);
    }

    [Fact]
    public void All_problems_are_told_at_the_very_place_of_their_use()
    {
        var problems = Problems("""
            steps:
            - name: a
              args:
              - -c
              - |
                for x in 1; do
                  echo $$FOO $FOO "${FOO}"
                  echo $_TAGS $_TAG
                done
            - {name: b, args: ["$_XBAR", '$PROJEKT_ID']}
            substitutions: {_TAG: v1, _X: w, _UNUSED: z}
            """);
        Assert.Equal(
        [
            "7:18 substitution-not-builtin",
            "7:24 substitution-not-builtin",
            "8:12 substitution-undefined",
            "10:21 substitution-undefined",
            "10:31 substitution-not-builtin",
            "11:31 substitution-unused",
            "11:43 substitution-unused",
        ], problems.Select(problem => $"{problem.Line}:{problem.Column} {problem.Code}"));
    }

    [Theory]
    [InlineData("{args: ['$FOO']}", "write '$$FOO'")]
    [InlineData("{args: ['${FOO}']}", "write '$${FOO}'")]
    [InlineData("{args: ['$PROJECTID']}", "Did you mean '${PROJECT_ID}'?")]
    [InlineData("{args: ['$TAG $_TAG']}", "Did you mean '${_TAG}'?")]
    [InlineData("{args: ['$_TAGX $_TAG']}", "did you mean '${_TAG}X'?")]
    [InlineData("{args: ['$_TGA $_TAG']}", "Did you mean '_TAG'?")]
    [InlineData("{args: ['${_TAG:-latest}']}", "inside the values of substitutions only")]
    [InlineData("{args: ['$$_TAG']}", "makes it plain text")]
    [InlineData("{script: 'echo $_TAG'}", "automapSubstitutions: true")]
    public void A_message_says_what_to_write_instead(string step, string said)
    {
        var problems = Problems($"steps: [{{name: a}}, {step.Replace("{", "{name: b, ", StringComparison.Ordinal).Replace("${name: b, ", "${", StringComparison.Ordinal)}]\nsubstitutions: {{_TAG: v1}}\n");
        Assert.Contains(said, string.Join('\n', problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Values_from_outside_override_the_file_and_are_kept()
    {
        var build = Resolve("steps: [{name: '$_A-$_B-$COMMIT_SHA-$PROJECT_ID'}]\nsubstitutions: {_A: file}\n", ("_A", "flag"), ("_B", "b"), ("COMMIT_SHA", "c"), ("PROJECT_ID", "p"));
        Assert.Equal("flag-b-c-p", build.Steps[0].Name);
        Assert.Equal(["COMMIT_SHA=c", "_A=flag", "_B=b"], build.Substitutions.Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_file_cannot_set_built_ins_but_a_request_can_set_those_of_triggers()
    {
        var build = new Build { Steps = { new BuildStep { Name = "$COMMIT_SHA" } }, Substitutions = { ["COMMIT_SHA"] = "c" } };
        Assert.Equal("c", Substitutor.Apply(build, Nothing, triggered: false, ConfigPlaces.None, [])!.Steps[0].Name);
        Assert.Null(Substitutor.Apply(build, Nothing, triggered: false, new ConfigPlaces("f", new Dictionary<string, SourceSpot>()), []));
        build.Substitutions.Add("PROJECT_ID", "p");
        Assert.Null(Substitutor.Apply(build, Nothing, triggered: false, ConfigPlaces.None, []));
    }

    [Fact]
    public void A_triggers_build_is_loose_and_dynamic()
    {
        var build = new Build { Steps = { new BuildStep { Name = "a$_NONE", Args = { "$_TAG" } } }, Substitutions = { ["_TAG"] = "${BRANCH_NAME//\\//-}", ["_UNUSED"] = "x" } };
        var result = Substitutor.Apply(build, new Dictionary<string, string> { ["BRANCH_NAME"] = "feature/$HOME" }, triggered: true, ConfigPlaces.None, []);
        Assert.Equal(["a", "feature-$HOME"], [result!.Steps[0].Name, result.Steps[0].Args[0]]);
    }

    [Theory]
    [InlineData("", "true", "A=own,BRANCH_NAME,PROJECT_ID=p,_V=7")]
    [InlineData("automapSubstitutions: true", "false", "A=own,BRANCH_NAME,PROJECT_ID=p,_V=7")]
    [InlineData("automapSubstitutions: false", "true", "A=own")]
    public void Automapped_steps_see_all_substitutions_and_their_own_word_counts(string step, string option, string seen)
    {
        var build = Resolve($"steps: [{{name: a, env: [A=own], {step}}}, {{name: '$_V'}}]\noptions: {{automapSubstitutions: {option}}}\nsubstitutions: {{_V: '7'}}\n", ("PROJECT_ID", "p"));
        var environment = build.Steps[0].Env.Select(variable => variable.TrimEnd('=')).Where(variable => variable.StartsWith("A=", StringComparison.Ordinal) || variable is "BRANCH_NAME" or "PROJECT_ID=p" or "_V=7");
        Assert.Equal(seen, string.Join(',', environment));
    }

    [Fact]
    public void Variables_that_the_file_sets_are_not_automapped_over()
    {
        var build = Resolve("steps: [{name: a, script: x, env: [_V=mine], secretEnv: [TAG_NAME]}]\noptions: {automapSubstitutions: true, env: [PROJECT_ID=q]}\nsubstitutions: {_V: '7'}\n", ("PROJECT_ID", "p"));
        var environment = build.Steps[0].Env;
        Assert.Contains("_V=mine", environment);
        Assert.DoesNotContain(environment, variable => variable is "_V=7" or "PROJECT_ID=p" or "TAG_NAME=");
    }

    [Fact]
    public void Values_that_need_each_other_are_refused_by_name()
    {
        var problem = Assert.Single(Problems("steps: [{name: '$_A'}]\nsubstitutions: {_A: '$_B', _B: '${_C:-x}', _C: '${_D:_A}', _D: d}\noptions: {dynamicSubstitutions: true}\n"));
        Assert.Equal(SubstitutionCodes.Cycle, problem.Code);
        Assert.Contains("_A -> _B -> _C -> _A", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("${_B", "is not closed")]
    [InlineData("${_B.x}", "no operator")]
    [InlineData("${!_B}", "not supported")]
    [InlineData("${_B[0]}", "array")]
    [InlineData("${#_B%x}", "a length takes no other operator")]
    [InlineData("${_B:}", "an offset")]
    [InlineData("${_B:1+}", "a number or a name")]
    [InlineData("${_B:08}", "to the base 8")]
    [InlineData("${_B:1/0}", "division by 0")]
    [InlineData("${_B:_N=2}", "assigns")]
    [InlineData("${_B:2:-9}", "ends before its start")]
    [InlineData("${_B:_LOOP}", "needs itself")]
    [InlineData("${_NONE:?give one}", "give one")]
    [InlineData("${_B:+$(date)}", "nothing is run here")]
    [InlineData("${_B:+`date`}", "nothing is run here")]
    [InlineData("${_B%'x}", "no second one")]
    [InlineData("${_B@Q}", "@U")]
    public void An_expansion_that_cannot_be_evaluated_says_why(string value, string said)
    {
        var build = new Build { Steps = { new BuildStep { Name = "$_A" } }, Options = new BuildOptions { DynamicSubstitutions = true, SubstitutionOption = BuildOptions.Types.SubstitutionOption.AllowLoose } };
        build.Substitutions.Add(new Dictionary<string, string> { ["_A"] = value, ["_B"] = "value", ["_LOOP"] = "_LOOP" });
        var problems = new List<Problem>();
        Assert.Null(Substitutor.Apply(build, Nothing, triggered: false, ConfigPlaces.None, problems));
        Assert.Contains(problems, problem => problem.Code == SubstitutionCodes.Expansion && problem.Message.Contains(said, StringComparison.Ordinal));
    }

    [Fact]
    public void What_only_values_use_is_used_and_what_they_lack_is_undefined()
    {
        var problems = Problems("steps: [{name: '$_A'}]\nsubstitutions:\n  _A: x-${_B}-${_D:-d}-${_C}\n  _B: b\noptions: {dynamicSubstitutions: true}\n");
        Assert.Equal("3:24 substitution-undefined", string.Join(',', problems.Select(problem => $"{problem.Line}:{problem.Column} {problem.Code}")));
    }

    [Fact]
    public void Without_dynamic_substitutions_values_are_plain_text()
    {
        Assert.Equal("${_B:-x} $FOO", Resolve("steps: [{name: '$_A'}]\nsubstitutions: {_A: '${_B:-x} $FOO'}\n").Steps[0].Name);
    }

    private static Build Resolve(string text, params (string Key, string Value)[] given)
    {
        var reading = BuildConfigReader.Read("cloudbuild.yaml", text);
        Assert.Empty(reading.Errors);
        var problems = new List<Problem>();
        var build = Substitutor.Apply(reading.Message!, given.ToDictionary(pair => pair.Key, pair => pair.Value), triggered: false, reading.Places, problems);
        Assert.Empty(problems);
        return build!;
    }

    private static List<Problem> Problems(string text)
    {
        var reading = BuildConfigReader.Read("cloudbuild.yaml", text);
        Assert.Empty(reading.Errors);
        var problems = new List<Problem>();
        Assert.Null(Substitutor.Apply(reading.Message!, Nothing, triggered: false, reading.Places, problems));
        return problems;
    }
}

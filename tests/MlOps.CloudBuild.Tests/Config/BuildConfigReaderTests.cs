using Google.Cloud.CloudBuild.V1;
using MlOps.CloudBuild.Config;

namespace MlOps.CloudBuild.Tests.Config;

public sealed class BuildConfigReaderTests
{
    private static ConfigReading<Build> Read(string text) => BuildConfigReader.Read("cloudbuild.yaml", text);

    private static string Refusal(string text) => Assert.Single(Read(text).Errors).Message;

    [Fact]
    public void Snake_case_and_camelCase_scalars_for_lists_durations_and_base64_become_the_message()
    {
        var build = Read("""
            steps:
            - name: a
              wait_for: '-'
              secretEnv: [A_B]
            options: {machine_type: E2_HIGHCPU_8, diskSizeGb: "200", env: [X=1]}
            timeout: 90s
            secrets: [{kms_key_name: k, secret_env: {A_B: aGk=}}]
            """).Message!;
        Assert.Equal(["-"], build.Steps[0].WaitFor);
        Assert.Equal(BuildOptions.Types.MachineType.E2Highcpu8, build.Options.MachineType);
        Assert.Equal(200, build.Options.DiskSizeGb);
        Assert.Equal(90, build.Timeout.Seconds);
        Assert.Equal("hi", build.Secrets[0].SecretEnv["A_B"].ToStringUtf8());
    }

    [Fact]
    public void Unknown_keys_are_told_by_path_and_for_people_with_what_was_meant()
    {
        var reading = Read("steps:\n- name: a\n  argss: [x]\n  foo: 1\n");
        Assert.Equal("interpreting cloudbuild.yaml as build config: .steps[0].{argss,foo}: unused", Assert.Single(reading.Errors).Message);
        Assert.Null(reading.Message);
        Assert.Contains(reading.Problems, problem => problem is { Code: "unknown-key", Line: 3, Column: 3 } && problem.Message.Contains("Did you mean 'args'?", StringComparison.Ordinal));
        Assert.Contains(reading.Problems, problem => problem is { Code: "unknown-key", Line: 4, Column: 3 });
    }

    [Fact]
    public void All_faults_are_told_at_once_the_first_being_gclouds()
    {
        var reading = Read("steps:\n- name: 1\n  bar: x\n- name: b\n  args: [true]\ntimeout: 600\n");
        Assert.Equal(4, reading.Errors.Length);
        Assert.Equal("interpreting cloudbuild.yaml as build config: Expected type <class 'str'> for field name, found 1 (type <class 'int'>)", reading.Errors[0].Message);
        Assert.Equal([(2, 9), (5, 10), (6, 10), (3, 3)], reading.Problems.Select(problem => (problem.Line, problem.Column)));
        Assert.Contains("600s", reading.Problems[2].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_of_one_field_hides_none_of_another()
    {
        var reading = Read("steps:\n- name: a\nimages: [true]\nsource: {}\nsubstitutions: {a: b}\n");
        Assert.Equal(["wrong-type", "bad-substitution-key", "source-in-config"], reading.Problems.Select(problem => problem.Code));
        Assert.StartsWith("interpreting cloudbuild.yaml as build config: Expected type <class 'str'> for field images", reading.Errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_without_a_value_is_a_null_item_and_in_gclouds_words_what_it_was()
    {
        var reading = Read("steps:\n- name: a\n-\n");
        Assert.Equal("null-item", Assert.Single(reading.Problems).Code);
        Assert.Equal("interpreting cloudbuild.yaml as build config: 'NoneType' object has no attribute 'items'", Assert.Single(reading.Errors).Message);
    }

    [Fact]
    public void A_number_for_a_substitution_is_told_once() =>
        Assert.Equal("wrong-type", Assert.Single(Read("steps: [{name: a, args: [$_X]}]\nsubstitutions: {_X: 1}\n").Problems).Code);

    [Fact]
    public void What_could_be_read_of_a_refused_file_is_there_to_be_checked()
    {
        var reading = Read("steps:\n- name: a\n  foo: x\n");
        Assert.Null(reading.Message);
        Assert.Equal("a", reading.Draft!.Steps[0].Name);
    }

    [Fact]
    public void The_first_of_two_equal_keys_counts_with_a_warning_the_last_after_a_merge()
    {
        var first = Read("steps:\n- name: a\n  id: x\n  id: z\n");
        Assert.Equal("x", first.Message!.Steps[0].Id);
        Assert.Equal(("duplicate-key", 4, 3), Assert.Single(first.Warnings.Select(warning => (warning.Code, warning.Line, warning.Column))));
        var last = Read("steps:\n- &base {name: a}\n- <<: *base\n  id: x\n  id: z\n");
        Assert.Equal("z", last.Message!.Steps[1].Id);
        Assert.Equal("a", last.Message.Steps[1].Name);
    }

    [Fact]
    public void A_field_given_in_both_cases_counts_once_with_a_warning()
    {
        var reading = Read("steps:\n- name: a\n  waitFor: ['-']\n  wait_for: [b]\n");
        Assert.Equal(["b"], reading.Message!.Steps[0].WaitFor);
        Assert.Equal("duplicate-key", Assert.Single(reading.Warnings).Code);
    }

    [Fact]
    public void The_APIs_newest_machine_is_read_but_not_sent_by_gcloud()
    {
        const string Text = "steps: [{name: a}]\noptions: {machineType: E2_STANDARD_2}\n";
        Assert.Equal(BuildOptions.Types.MachineType.E2Standard2, Read(Text).Message!.Options.MachineType);
        Assert.Equal("interpreting cloudbuild.yaml as build config: .options.machineType: unused", Assert.Single(BuildConfigReader.Parse("cloudbuild.yaml", Text).Errors).Message);
    }

    [Fact]
    public void A_duration_that_gcloud_lets_through_is_refused_with_the_one_that_was_meant()
    {
        var reading = Read("steps: [{name: a}]\ntimeout: 1h\n");
        Assert.Empty(reading.Errors);
        Assert.Null(reading.Message);
        Assert.Contains("'3600s'", Assert.Single(reading.Problems).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "parsing cloudbuild.yaml: Could not parse as a dictionary.")]
    [InlineData("steps: []\n", "validating cloudbuild.yaml as build config: config must list at least one step")]
    [InlineData("steps: [{name: a}]\nsource: {}\n", "validating cloudbuild.yaml as build config: config cannot specify source")]
    [InlineData("steps: [{name: a}]\nsubstitutions: {a: b}\n", "validating cloudbuild.yaml as build config: substitution key a does not respect format ^_[A-Z0-9_]+$")]
    public void What_gcloud_checks_is_refused_in_its_words(string text, string message) => Assert.Equal(message, Refusal(text));

    [Fact]
    public void A_map_that_holds_itself_and_aliases_that_multiply_are_refused()
    {
        Assert.Equal("RecursionError", Assert.Single(Read("steps: &s\n- name: a\n  args: *s\n").Errors).Type);
        var text = "a: &a0 [x, x]\n" + string.Concat(Enumerable.Range(1, 40).Select(level => $"b{level}: &a{level} [*a{level - 1}, *a{level - 1}]\n"));
        Assert.NotEmpty(Read(text).Errors);
    }

    [Fact]
    public void Triggers_are_documents_and_keep_what_the_proto_has_no_field_for()
    {
        var readings = BuildConfigReader.ReadTriggers("triggers.yaml", """
            name: one
            filename: cloudbuild.yaml
            github: {owner: o, name: r, push: {branch: ^main$}}
            approval_config: {approval_required: true}
            substitutions: {_A_B: c}
            ---
            name: two
            build:
              steps: [{name: a, secretEnv: [A_B]}]
              secrets: [{kmsKeyName: k, secretEnv: {A_B: aGk=}}]
            """);
        Assert.Equal(["one", "two"], readings.Select(reading => reading.Message!.Name));
        Assert.True(readings[0].Sent!["approvalConfig"]!["approvalRequired"]!.GetValue<bool>());
        Assert.Equal("c", readings[0].Message!.Substitutions["_A_B"]);
        // gcloud's quirk: in trigger files only the keys of substitutions are left alone.
        Assert.Equal(["AB"], readings[1].Message!.Build.Secrets[0].SecretEnv.Keys);
    }
}

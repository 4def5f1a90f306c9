using MlOps.CloudBuild.Checks;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Tests.Checks;

/// <summary>What both gcloud and the server let through and users trip over: found where it is, and not where it is not.</summary>
public sealed class WarningTests
{
    private static Problem[] Find(string code, string text) =>
        [.. ConfigChecker.Check("cloudbuild.yaml", text, new Dictionary<string, string>()).Where(problem => problem.Code == code)];

    [Theory]
    [InlineData(CheckCodes.ExpansionInField, "steps:\n- name: a:1\n  args: ['x ${_X:-d}']\n", 3, 13)]
    [InlineData(CheckCodes.ExpansionInField, "steps:\n- name: a:1\n  args:\n  - |\n    echo\n    echo ${TAG_NAME%%.*}\n", 6, 10)]
    [InlineData(CheckCodes.ImageNotBuilt, "steps:\n- name: gcr.io/cloud-builders/docker\n  args: [build, -t, gcr.io/p/a, .]\nimages: [gcr.io/p/b]\n", 4, 10)]
    [InlineData(CheckCodes.ImageWithoutTag, "steps:\n- name: python\n", 2, 9)]
    [InlineData(CheckCodes.WaitForUseless, "steps:\n- {name: a:1, id: x}\n- {name: a:1, waitFor: [x, '-']}\n", 3, 28)]
    [InlineData(CheckCodes.WaitForUseless, "steps:\n- {name: a:1, id: x}\n- {name: a:1, id: z, waitFor: [x]}\n- {name: a:1, waitFor: [x, z]}\n", 4, 25)]
    [InlineData(CheckCodes.SecretPrinted, "steps:\n- name: a:1\n  entrypoint: sh\n  args: [-c, 'echo $$PW']\n  secretEnv: [PW]\navailableSecrets: {secretManager: [{versionName: projects/p/secrets/s/versions/1, env: PW}]}\n", 4, 15)]
    [InlineData(CheckCodes.PushWithProvenance, "steps:\n- name: gcr.io/cloud-builders/docker\n  args: [push, gcr.io/p/a]\noptions: {requestedVerifyOption: VERIFIED}\n", 2, 3)]
    [InlineData(CheckCodes.DollarsInScript, "steps:\n- name: a:1\n  script: echo $$HOME\n", 3, 16)]
    [InlineData(CheckCodes.ScriptNotSubstituted, "steps:\n- name: a:1\n  script: echo $PROJECT_ID\n", 3, 16)]
    [InlineData(CheckCodes.DeprecatedOption, "steps: [{name: a:1}]\noptions: {logging: STACKDRIVER_ONLY}\n", 2, 20)]
    [InlineData(CheckCodes.DeprecatedOption, "steps: [{name: a:1}]\noptions: {machineType: N1_HIGHCPU_8}\n", 2, 24)]
    [InlineData(CheckCodes.MachineWithPool, "steps: [{name: a:1}]\noptions: {machineType: E2_HIGHCPU_8, pool: {name: projects/p/locations/l/workerPools/w}}\n", 2, 24)]
    [InlineData(CheckCodes.ArgsInOneText, "steps:\n- name: gcr.io/cloud-builders/docker\n  args: build -t x .\n", 3, 9)]
    [InlineData(CheckCodes.OutputOnlyField, "steps: [{name: a:1}]\nstatus: SUCCESS\n", 2, 9)]
    [InlineData(CheckCodes.DirOutsideWorkspace, "steps: [{name: a:1, dir: /tmp/x}]\n", 1, 26)]
    [InlineData(CheckCodes.StepTimeoutBeyondDefault, "steps: [{name: a:1, timeout: 7200s}]\n", 1, 30)]
    [InlineData("null-value", "steps: [{name: a:1, args: [$_A]}]\nsubstitutions:\n  _A:\n", 4, 1)]
    public void It_is_found_at_its_place(string code, string text, int line, int column)
    {
        var found = Assert.Single(Find(code, text));
        Assert.Equal((Severity.Warning, line, column), (found.Severity, found.Line, found.Column));
    }

    [Theory]
    [InlineData(CheckCodes.ExpansionInField, "steps:\n- name: a:1\n  args: ['$${_X:-d} ${HOME:-/} $_Y']\nsubstitutions: {_Y: '${_X:-d}'}\noptions: {dynamicSubstitutions: true}\n")]
    [InlineData(CheckCodes.ImageNotBuilt, "steps:\n- name: gcr.io/cloud-builders/docker\n  args: [build, -t, 'gcr.io/$PROJECT_ID/a', .]\nimages: ['gcr.io/$PROJECT_ID/a:latest']\n")]
    [InlineData(CheckCodes.ImageNotBuilt, "steps:\n- name: maven:3\n  args: [package]\nimages: [gcr.io/p/b]\n")]
    [InlineData(CheckCodes.ImageWithoutTag, "steps:\n- {name: gcr.io/cloud-builders/docker, args: [build, -t, gcr.io/p/tool, .]}\n- {name: gcr.io/p/tool}\n- {name: 'python:3.11'}\n")]
    [InlineData(CheckCodes.WaitForUseless, "steps:\n- {name: a:1, id: x, waitFor: ['-']}\n- {name: a:1, id: z, waitFor: ['-']}\n- {name: a:1, waitFor: [x, z]}\n")]
    [InlineData(CheckCodes.SecretPrinted, "steps:\n- name: a:1\n  entrypoint: sh\n  args: [-c, 'echo $$PW | docker login --password-stdin; echo \"done\"']\n  secretEnv: [PW]\navailableSecrets: {secretManager: [{versionName: projects/p/secrets/s/versions/1, env: PW}]}\n")]
    [InlineData(CheckCodes.ScriptNotSubstituted, "steps:\n- name: a:1\n  script: echo $PROJECT_ID\n  automapSubstitutions: true\n- name: a:1\n  script: echo ${PROJECT_ID}\n  env: [PROJECT_ID=$PROJECT_ID]\n")]
    [InlineData(CheckCodes.ArgsInOneText, "steps:\n- {name: 'gcr.io/cloud-builders/docker', args: [ps]}\n- {name: 'gcr.io/cloud-builders/docker', entrypoint: sh, args: ['my script.sh']}\n- {name: a:1, args: [hello world]}\n")]
    [InlineData(CheckCodes.DirOutsideWorkspace, "steps:\n- {name: a:1, dir: /workspace/x}\n- {name: a:1, dir: x}\n")]
    public void It_is_not_found_where_all_is_well(string code, string text) => Assert.Empty(Find(code, text));
}

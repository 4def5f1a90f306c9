namespace MlOps.CloudBuild.Checks;

/// <summary>The codes of this folder's findings; docs/checks.md has a section for each.</summary>
public static class CheckCodes
{
    public const string MissingName = "missing-name";
    public const string ScriptWithArgs = "script-with-args";
    public const string ScriptWithEntrypoint = "script-with-entrypoint";
    public const string ArgsInOneText = "args-in-one-text";
    public const string EnvFormat = "env-format";
    public const string ExitCodeRange = "exit-code-range";
    public const string DirOutsideWorkspace = "dir-outside-workspace";

    public const string DuplicateId = "duplicate-id";
    public const string WaitForUndefined = "wait-for-undefined";
    public const string WaitForUseless = "wait-for-useless";

    public const string TimeoutNegative = "timeout-negative";
    public const string TimeoutTooLong = "timeout-too-long";
    public const string StepTimeoutExceedsBuild = "step-timeout-exceeds-build";
    public const string StepTimeoutBeyondDefault = "step-timeout-beyond-default";

    public const string VolumeName = "volume-name";
    public const string VolumePathRelative = "volume-path-relative";
    public const string VolumePathReserved = "volume-path-reserved";
    public const string VolumeDuplicate = "volume-duplicate";
    public const string VolumeSingleUse = "volume-single-use";
    public const string VolumeConflictsGlobal = "volume-conflicts-global";
    public const string GlobalVolumeSingleStep = "global-volume-single-step";

    public const string SecretUnused = "secret-unused";
    public const string SecretUndefined = "secret-undefined";
    public const string SecretDuplicate = "secret-duplicate";
    public const string SecretEmpty = "secret-empty";
    public const string SecretAndEnv = "secret-and-env";
    public const string SecretTooLong = "secret-too-long";
    public const string SecretVersionFormat = "secret-version-format";
    public const string KmsKeyDuplicate = "kms-key-duplicate";
    public const string SecretPrinted = "secret-printed";

    public const string TooManySteps = "too-many-steps";
    public const string TooManyArgs = "too-many-args";
    public const string ArgTooLong = "arg-too-long";
    public const string TooManySubstitutions = "too-many-substitutions";
    public const string SubstitutionKeyTooLong = "substitution-key-too-long";
    public const string SubstitutionValueTooLong = "substitution-value-too-long";
    public const string TooManySecrets = "too-many-secrets";
    public const string DiskNegative = "disk-negative";
    public const string DiskTooLarge = "disk-too-large";

    public const string ServiceAccountNeedsLogging = "service-account-needs-logging";
    public const string ServiceAccountFormat = "service-account-format";
    public const string LogsBucketWithCloudLogging = "logs-bucket-with-cloud-logging";
    public const string DeprecatedOption = "deprecated-option";
    public const string MachineWithPool = "machine-with-pool";
    public const string OutputOnlyField = "output-only-field";

    public const string BadStepName = "bad-step-name";
    public const string ImageWithoutTag = "image-without-tag";
    public const string BadImageName = "bad-image-name";
    public const string ImagesDiffer = "images-differ";
    public const string ImageNotBuilt = "image-not-built";
    public const string PushWithProvenance = "push-with-provenance";

    public const string ObjectsLocation = "objects-location";
    public const string ObjectsNoLocation = "objects-no-location";
    public const string ObjectsNoPaths = "objects-no-paths";
    public const string ObjectsPathWhitespace = "objects-path-whitespace";
    public const string ObjectsDuplicatePath = "objects-duplicate-path";
    public const string ObjectsTooManyPaths = "objects-too-many-paths";
    public const string ArtifactNoRepository = "artifact-no-repository";

    public const string BadTag = "bad-tag";
    public const string TooManyTags = "too-many-tags";

    public const string ExpansionInField = "expansion-in-field";
    public const string DollarsInScript = "dollars-in-script";
    public const string ScriptNotSubstituted = "script-not-substituted";
}

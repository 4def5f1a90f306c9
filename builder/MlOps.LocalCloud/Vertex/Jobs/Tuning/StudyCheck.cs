using Google.Cloud.AIPlatform.V1;
using MlOps.LocalCloud.Vertex.Jobs.Custom;
using Algorithm = Google.Cloud.AIPlatform.V1.StudySpec.Types.Algorithm;
using Kind = Google.Cloud.AIPlatform.V1.StudySpec.Types.ParameterSpec.ParameterValueSpecOneofCase;
using ParameterSpec = Google.Cloud.AIPlatform.V1.StudySpec.Types.ParameterSpec;
using Scale = Google.Cloud.AIPlatform.V1.StudySpec.Types.ParameterSpec.Types.ScaleType;

namespace MlOps.LocalCloud.Vertex.Jobs.Tuning;

/// <summary>What Vertex AI refuses in a tuning job, and what cannot be run here; all of it at once.</summary>
internal static class StudyCheck
{
    public static IEnumerable<string> Problems(HyperparameterTuningJob job) =>
    [
        .. Counts(job),
        .. job.StudySpec is null ? ["studySpec is missing."] : Study(job.StudySpec),
        .. CustomJobCheck.Problems("trialJobSpec", job.TrialJobSpec),
    ];

    /// <summary>What a study asks for that is not served here, although it is right.</summary>
    public static string? Unimplemented(StudySpec? study) => study switch
    {
        not null when study.Parameters.FirstOrDefault(parameter => parameter.ConditionalParameterSpecs.Count > 0) is { } conditional =>
            $"The local cloud has no conditional parameters: studySpec.parameters['{conditional.ParameterId}'].conditionalParameterSpecs. Declare them beside each other; a trial ignores those that do not concern it.",
        { StudyStoppingConfig: not null } => "The local cloud has no studyStoppingConfig; bound the job by maxTrialCount and trialJobSpec.scheduling.timeout.",
        { Metrics: var metrics } when metrics.Any(metric => metric.SafetyConfig is not null) => "The local cloud has no safety metrics (studySpec.metrics.safetyConfig).",
        _ => null,
    };

    private static IEnumerable<string> Counts(HyperparameterTuningJob job)
    {
        if (job.MaxTrialCount < 1)
        {
            yield return $"maxTrialCount is {job.MaxTrialCount}; expected at least 1.";
        }

        if (job.ParallelTrialCount < 1 || job.ParallelTrialCount > Math.Max(1, job.MaxTrialCount))
        {
            yield return $"parallelTrialCount is {job.ParallelTrialCount}; expected 1 to maxTrialCount ({job.MaxTrialCount}).";
        }

        if (job.MaxFailedTrialCount < 0)
        {
            yield return $"maxFailedTrialCount is {job.MaxFailedTrialCount}.";
        }
    }

    private static IEnumerable<string> Study(StudySpec study)
    {
        if (study.Metrics.Count == 0)
        {
            yield return "studySpec.metrics is missing: {metricId, goal}.";
        }

        foreach (var metric in study.Metrics.Where(metric => !IsId(metric.MetricId)))
        {
            yield return $"studySpec.metrics: '{metric.MetricId}' is not a metric's id: it must not be empty or contain spaces.";
        }

        if (study.Parameters.Count == 0)
        {
            yield return "studySpec.parameters is missing.";
        }

        foreach (var twice in study.Parameters.GroupBy(parameter => parameter.ParameterId, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            yield return $"studySpec.parameters: '{twice.Key}' is declared {twice.Count()} times.";
        }

        foreach (var parameter in study.Parameters)
        {
            if (Fault(parameter, study.Algorithm) is { } fault)
            {
                yield return $"studySpec.parameters['{parameter.ParameterId}']: {fault}.";
            }
        }
    }

    private static string? Fault(ParameterSpec parameter, Algorithm algorithm) => parameter.ParameterValueSpecCase switch
    {
        _ when !IsId(parameter.ParameterId) => "its parameterId must not be empty or contain spaces",
        Kind.None => "expected doubleValueSpec, integerValueSpec, categoricalValueSpec or discreteValueSpec",
        Kind.DoubleValueSpec when algorithm == Algorithm.GridSearch => "GRID_SEARCH needs parameters of the types INTEGER, CATEGORICAL or DISCRETE; list its values as discreteValueSpec",
        Kind.DoubleValueSpec => Range(parameter.ScaleType, parameter.DoubleValueSpec.MinValue, parameter.DoubleValueSpec.MaxValue),
        Kind.IntegerValueSpec => Range(parameter.ScaleType, parameter.IntegerValueSpec.MinValue, parameter.IntegerValueSpec.MaxValue),
        Kind.CategoricalValueSpec when parameter.CategoricalValueSpec.Values.Count == 0 => "it has no values",
        Kind.CategoricalValueSpec when parameter.ScaleType != Scale.Unspecified => "categories have no scaleType",
        Kind.DiscreteValueSpec when parameter.DiscreteValueSpec.Values.Count is 0 or > 1000 => "it must have 1 to 1000 values",
        Kind.DiscreteValueSpec when parameter.DiscreteValueSpec.Values.Zip(parameter.DiscreteValueSpec.Values.Skip(1)).Any(pair => pair.First >= pair.Second) => "its values must be in increasing order",
        Kind.DiscreteValueSpec => Range(parameter.ScaleType, parameter.DiscreteValueSpec.Values[0], parameter.DiscreteValueSpec.Values[^1]),
        _ => null,
    };

    private static string? Range(Scale scale, double least, double most) =>
        !(least <= most) || !double.IsFinite(least) || !double.IsFinite(most) ? $"its minimum ({least}) is above its maximum ({most})"
        : scale is Scale.UnitLogScale or Scale.UnitReverseLogScale && least <= 0 ? $"on a logarithmic scale all values must be above 0; the least is {least}"
        : null;

    private static bool IsId(string text) => text.Length > 0 && !text.Any(char.IsWhiteSpace);
}

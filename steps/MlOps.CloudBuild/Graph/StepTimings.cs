using System.Collections.Immutable;
using Google.Cloud.CloudBuild.V1;
using Google.Protobuf;
using MlOps.Core.Files;
using MlOps.Core.Problems;
using TimeSpan = System.TimeSpan;

namespace MlOps.CloudBuild.Graph;

/// <summary>What each step took in a build that has ended, as <c>gcloud builds describe --format=json</c> or <c>mlops builds</c> prints it.</summary>
public static class StepTimings
{
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    /// <param name="build">The build that is explained; its steps are found by id, or by number where the ids are not those of the other.</param>
    /// <exception cref="InvalidInputException">The text is no build, or another file's.</exception>
    public static ImmutableArray<TimeSpan> Read(string file, string json, Build build)
    {
        var finished = Parse(file, json);
        if (finished.Steps.All(step => step.Timing?.EndTime is null))
        {
            throw new InvalidInputException("no-timings", "The build has no timings of its steps; expected one that has ended, as 'gcloud builds describe ID --format=json' prints it.", new SourceSpot(file));
        }

        if (finished.Steps.Count != build.Steps.Count)
        {
            throw new InvalidInputException("other-build", $"The build has {Quantity.Of(finished.Steps.Count, "step")} and the file has {build.Steps.Count}; expected a build of this file.", new SourceSpot(file));
        }

        return [.. build.Steps.Select((step, index) => Took(finished.Steps.FirstOrDefault(other => step.Id.Length > 0 && other.Id == step.Id) ?? finished.Steps[index]))];
    }

    /// <summary>A step that was never started took no time.</summary>
    private static TimeSpan Took(BuildStep step) =>
        step.Timing is { StartTime: { } start, EndTime: { } end } ? end.ToDateTime() - start.ToDateTime() : TimeSpan.Zero;

    private static Build Parse(string file, string json)
    {
        if (JsonFault.In(json) is { } fault)
        {
            throw new InvalidInputException("not-a-build", $"This is no build in JSON: {fault.Message}. Expected what 'gcloud builds describe ID --format=json' prints.", new SourceSpot(file, fault.Line, fault.Column));
        }

        try
        {
            return Parser.Parse<Build>(json);
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or InvalidJsonException or InvalidOperationException)
        {
            throw new InvalidInputException("not-a-build", $"This is no build in JSON ({error.Message}); expected what 'gcloud builds describe ID --format=json' prints.", new SourceSpot(file));
        }
    }
}

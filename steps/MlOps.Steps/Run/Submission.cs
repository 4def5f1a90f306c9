using Google.Cloud.AIPlatform.V1;

namespace MlOps.Steps.Run;

/// <summary>
/// Finds the job that stands for a run, or submits it: running → attach; SUCCEEDED → its result; FAILED or CANCELLED → the next
/// attempt (design.md, "The flow").
/// </summary>
internal static class Submission
{
    private const int MostAttempts = 1000;

    public static async Task<(PipelineJob Job, bool Reused)> AttachOrSubmitAsync(Jobs jobs, JobRequest request, Func<int, string> id, CancellationToken cancel)
    {
        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            var found = await jobs.FindAsync(id(attempt), cancel);
            if (found is null)
            {
                return (await jobs.CreateAsync(id(attempt), request, cancel), false);
            }

            if (found.State is not (PipelineState.Failed or PipelineState.Cancelled or PipelineState.Cancelling))
            {
                return (found, true);
            }
        }

        throw new InvalidOperationException($"All {MostAttempts} attempts of {request.DisplayName} have failed.");
    }
}

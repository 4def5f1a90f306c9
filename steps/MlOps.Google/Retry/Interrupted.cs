using MlOps.Google.Errors;

namespace MlOps.Google.Retry;

/// <summary>A long transfer was refused for now; it goes on later from where it is, or ends with <see cref="Answer"/>.</summary>
internal sealed class Interrupted(CloudException answer, TimeSpan? after) : IOException(answer.Message, answer)
{
    public CloudException Answer { get; } = answer;

    /// <summary>What the server asked to wait.</summary>
    public TimeSpan? After { get; } = after;
}

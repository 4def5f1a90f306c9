namespace MlOps.Containers.Running;

/// <summary>How a container ended.</summary>
/// <param name="Code">Its process's exit code; 128 + N for signal N.</param>
/// <param name="OutOfMemory">The kernel killed it at its memory limit.</param>
public sealed record ContainerExit(long Code, bool OutOfMemory)
{
    public bool IsSuccess => Code == 0;

    /// <summary>For people: <c>exit code 1</c>, <c>exit code 137: out of memory</c>.</summary>
    public override string ToString() => OutOfMemory ? $"exit code {Code}: out of memory" : $"exit code {Code}";
}

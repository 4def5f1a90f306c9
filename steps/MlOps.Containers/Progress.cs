namespace MlOps.Containers;

/// <summary>Hears reports where they happen: <see cref="Progress{T}"/> posts them elsewhere, out of order and after the call has ended.</summary>
internal sealed class Progress<T>(Action<T> hear) : IProgress<T>
{
    public void Report(T value) => hear(value);
}

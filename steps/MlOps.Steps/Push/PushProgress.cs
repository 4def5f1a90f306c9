using System.Globalization;
using Docker.DotNet.Models;
using MlOps.Core.Problems;

namespace MlOps.Steps.Push;

/// <summary>The engine's messages about a push, as a line every few seconds.</summary>
internal sealed class PushProgress(TimeProvider time, Action<string> line) : IProgress<JSONMessage>
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, (long Sent, long Total)> _layers = new(StringComparer.Ordinal);
    private long _told = time.GetTimestamp();
    private int _pushed;
    private int _there;

    public string Summary => $"{Quantity.Of(_pushed, "layer")} pushed, {_there} there already";

    public void Report(JSONMessage value)
    {
        switch (value.Status)
        {
            case "Pushed":
                _pushed++;
                break;
            case "Layer already exists":
                _there++;
                break;
            case { } mounted when mounted.StartsWith("Mounted from", StringComparison.Ordinal):
                _there++;
                break;
            case "Pushing" when value.ID is not null && value.Progress is { Total: > 0 and var total } progress:
                _layers[value.ID] = (progress.Current ?? 0, total);
                break;
        }

        if (_layers.Count > 0 && time.GetElapsedTime(_told) >= Every)
        {
            _told = time.GetTimestamp();
            line(string.Create(CultureInfo.InvariantCulture, $"pushing: {_layers.Values.Sum(layer => layer.Sent) / 1e6:0} of {_layers.Values.Sum(layer => layer.Total) / 1e6:0} MB"));
        }
    }
}

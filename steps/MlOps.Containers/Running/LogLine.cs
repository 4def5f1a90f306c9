namespace MlOps.Containers.Running;

/// <summary>One line that a container printed, without its line end.</summary>
public readonly record struct LogLine(bool IsError, string Text);

namespace MlOps.LocalCloud.Vertex;

/// <summary>A task cannot run, or its result cannot be taken; the message says which input or output and what was expected.</summary>
internal sealed class TaskFaultException(string message, Exception? inner = null) : Exception(message, inner);

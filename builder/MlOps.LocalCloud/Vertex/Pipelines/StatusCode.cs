namespace MlOps.LocalCloud.Vertex.Pipelines;

/// <summary>Canonical codes of google.rpc.Status, as tasks report them.</summary>
internal static class StatusCode
{
    public const int Cancelled = 1;
    public const int Unknown = 2;
    public const int InvalidArgument = 3;
    public const int NotFound = 5;
    public const int ResourceExhausted = 8;
    public const int FailedPrecondition = 9;
    public const int Unimplemented = 12;
    public const int Internal = 13;
}

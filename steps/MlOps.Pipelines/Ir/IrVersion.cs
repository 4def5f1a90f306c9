namespace MlOps.Pipelines.Ir;

/// <summary>Versions that stand in every compiled pipeline.</summary>
internal static class IrVersion
{
    /// <summary>The schema of pipeline_spec.proto that is written.</summary>
    public const string Schema = "2.1.0";

    /// <summary>Changed only when what is written changes, so that a new release of this program does not move a pipeline's digest.</summary>
    public const string Sdk = "mlops-1.0.0";
}

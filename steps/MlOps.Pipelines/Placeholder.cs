namespace MlOps.Pipelines;

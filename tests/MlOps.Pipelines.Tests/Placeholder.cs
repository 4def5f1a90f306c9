namespace MlOps.Pipelines.Tests;

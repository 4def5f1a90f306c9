namespace MlOps.Containers.Tests;

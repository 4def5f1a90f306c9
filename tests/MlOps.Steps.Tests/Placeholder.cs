namespace MlOps.Steps.Tests;

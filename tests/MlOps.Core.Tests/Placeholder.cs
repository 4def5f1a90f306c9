namespace MlOps.Core.Tests;

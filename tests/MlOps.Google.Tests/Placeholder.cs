namespace MlOps.Google.Tests;

namespace MlOps.LocalCloud.Tests;

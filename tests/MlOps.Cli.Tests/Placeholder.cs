namespace MlOps.Cli.Tests;

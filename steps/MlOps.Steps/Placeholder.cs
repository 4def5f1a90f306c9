namespace MlOps.Steps;

namespace MlOps.Containers;

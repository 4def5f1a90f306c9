namespace MlOps.LocalCloud;

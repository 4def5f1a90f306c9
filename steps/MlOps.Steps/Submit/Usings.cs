// 'Build' is a folder of ours, the build step's.
global using BuildMessage = Google.Cloud.CloudBuild.V1.Build;

/**
 * Hands the identity of an Azure DevOps service connection on to the Azure provider, under the names that it
 * reads. The task `AzureCLI@2` tells it to its script, with a token in the place of a secret.
 * https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/azure-cli-v2,
 * https://www.pulumi.com/registry/packages/azure-native/installation-configuration/
 */
export function passOnServiceConnection(env: NodeJS.ProcessEnv): void {
  const { servicePrincipalId, idToken, tenantId } = env;
  if (servicePrincipalId === undefined || idToken === undefined || tenantId === undefined) return;
  env["ARM_USE_OIDC"] = "true";
  env["ARM_CLIENT_ID"] = servicePrincipalId;
  env["ARM_TENANT_ID"] = tenantId;
  env["ARM_OIDC_TOKEN"] = idToken;
}

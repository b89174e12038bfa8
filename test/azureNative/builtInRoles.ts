/**
 * Built-in roles, by the GUID at the end of their ids.
 * @see https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
 */
const ROLES: Readonly<Record<string, string>> = {
  "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
  "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
  "acdd72a7-3385-48ef-bd42-f606fba81ae7": "Reader",
  "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
  "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
  "17d1049b-9a84-46fb-8f53-869881c3d3ab": "Storage Account Contributor",
  "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
  "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
  "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": "Storage Blob Data Reader",
  "db58b8e5-c6ad-4a2a-8342-4190687cbf4a": "Storage Blob Delegator",
  "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
  "428e0ff0-5e57-4d9c-a221-2c70d0e0a443": "EventGrid EventSubscription Contributor",
  "00482a5a-887f-4fb3-b363-3b7fe8e74483": "Key Vault Administrator",
  "12338af0-0e69-4776-bea7-57ae8d297424": "Key Vault Crypto User",
  "e147488a-f6f5-4113-8e2d-b22465e65bf6": "Key Vault Crypto Service Encryption User",
  "21090545-7ca7-4776-b22c-e363652d74d2": "Key Vault Reader",
  "b86a8fe4-44ce-4948-aee5-eccb2c155cd7": "Key Vault Secrets Officer",
  "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
  "7f951dda-4ed3-4680-a7ca-43fe172d538d": "AcrPull",
  "8311e382-0749-4cb8-b61a-304f252e45ec": "AcrPush",
  "f1a07417-d97a-45cb-824c-7a7467783830": "Managed Identity Operator",
  "4d97b98b-1d4f-4787-a291-c67834d212e7": "Network Contributor",
  "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
  "28bf596f-4eb7-45ce-b5bc-6cf482fec137": "Locks Contributor",
  "434105ed-43f6-45c7-a02f-909b2ba83430": "Cost Management Contributor",
  "749f88d5-cbae-40b8-bcfc-e573ddc772fa": "Monitoring Contributor",
  "43d0d8ad-25c7-4714-9337-8ba259a9fe05": "Monitoring Reader",
  "92aaf0da-9dab-42b6-94a3-d43ce8d16293": "Log Analytics Contributor",
  "73c42c96-874c-492b-b04d-ab87d138a893": "Log Analytics Reader",
};

/** @returns A role's name, undefined if it is not among those that the double knows. */
export function builtInRole(roleDefinitionId: string): string | undefined {
  return ROLES[roleDefinitionId.split("/").at(-1)?.toLowerCase() ?? ""];
}

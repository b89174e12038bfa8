import { AzureError, type Azure } from "./azure";
import { guid } from "./outputs";
import type { Account } from "./provider";
import { idOf, resourceType } from "./resourceTypes";
import { text, type Bag } from "./values";

type Invoke = (args: Bag, account: Account, azure: Azure) => Bag;

/**
 * Answers a function of the SDK. `get…` of every type that the double has reads what exists; the
 * others are listed here.
 * @throws AzureError if the double has no such function, or Azure would find nothing.
 */
export function invoke(token: string, args: Bag, account: Account, azure: Azure): Bag {
  const own = INVOKES[token];
  if (own) return own(args, account, azure);
  const [, module, read] = /^azure-native:(\w+):get(\w+)$/.exec(token) ?? [];
  if (module !== undefined && read !== undefined) {
    const type = `azure-native:${module}:${read}`;
    if (resourceType(type)) return existing(type, args, account, azure);
  }
  throw new AzureError(
    501,
    "NotInTheDouble",
    `${token} is not in test/azureNative/invokes.ts; add it there`,
  );
}

function existing(token: string, args: Bag, { subscriptionId }: Account, azure: Azure): Bag {
  const type = resourceType(token);
  const id = type && idOf(type, args, subscriptionId);
  const found = id === undefined ? undefined : azure.get(id);
  if (!found) {
    throw new AzureError(404, "ResourceNotFound", `${id ?? token} does not exist`);
  }
  return { ...found.outputs, id: found.id };
}

const INVOKES: Readonly<Record<string, Invoke>> = {
  "azure-native:authorization:getClientConfig": (_args, { subscriptionId, tenantId }) => ({
    subscriptionId,
    tenantId,
    clientId: guid("who deploys", "client"),
    objectId: guid("who deploys", "object"),
  }),

  "azure-native:logic:listWorkflowTriggerCallbackUrl": (args, account, azure) => {
    const workflow = existing("azure-native:logic:Workflow", args, account, azure);
    const trigger = text(args, "triggerName") ?? "";
    const basePath = `${text(workflow, "accessEndpoint") ?? ""}/triggers/${trigger}/paths/invoke`;
    const queries = {
      "api-version": "2016-10-01",
      sp: `/triggers/${trigger}/run`,
      sv: "1.0",
      sig: guid(basePath, "signature").replaceAll("-", ""),
    };
    return {
      basePath,
      method: "POST",
      queries: {
        apiVersion: queries["api-version"],
        sp: queries.sp,
        sv: queries.sv,
        sig: queries.sig,
      },
      relativePath: "",
      value: `${basePath}?${new URLSearchParams(queries).toString()}`,
    };
  },
};

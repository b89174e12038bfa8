import { z } from "zod";
import { missing } from "./errors";
import { seal, unseal } from "./secrets";
import type { Collection } from "./store";
import type { Workspace } from "./workspace";

const secret = z.string().min(1).optional();
const url = z.url({ protocol: /^https?$/ }).optional();
/** Output-only: the provider sends back what it has read. */
const isSet = z.boolean().optional();

/** Where a notification can go, as callers send it: exactly one of the five kinds. */
export const destinationConfig = z
  .strictObject({
    email: z.strictObject({ addresses: z.array(z.email()).min(1) }).optional(),
    generic_webhook: z
      .strictObject({
        url,
        username: secret,
        password: secret,
        url_set: isSet,
        username_set: isSet,
        password_set: isSet,
      })
      .optional(),
    slack: z
      .strictObject({
        url,
        channel_id: secret,
        oauth_token: secret,
        url_set: isSet,
        channel_id_set: isSet,
        oauth_token_set: isSet,
      })
      .optional(),
    microsoft_teams: z
      .strictObject({
        url,
        channel_url: url,
        app_id: secret,
        auth_secret: secret,
        tenant_id: secret,
        url_set: isSet,
        channel_url_set: isSet,
        app_id_set: isSet,
        auth_secret_set: isSet,
        tenant_id_set: isSet,
      })
      .optional(),
    pagerduty: z.strictObject({ integration_key: secret, integration_key_set: isSet }).optional(),
  })
  .refine((config) => Object.keys(config).length === 1, {
    error: "must hold exactly one of email, generic_webhook, slack, microsoft_teams, pagerduty",
  });

/** The types as answers call them, and what a new destination of the type cannot do without. */
const kinds = {
  email: { type: "EMAIL", needs: "addresses" },
  generic_webhook: { type: "WEBHOOK", needs: "url" },
  slack: { type: "SLACK", needs: "url" },
  microsoft_teams: { type: "MICROSOFT_TEAMS", needs: "url" },
  pagerduty: { type: "PAGERDUTY", needs: "integration_key" },
} as const;

type Kind = keyof typeof kinds;

const kindNames = ["email", "generic_webhook", "slack", "microsoft_teams", "pagerduty"] as const;

const record = z.strictObject({
  id: z.string(),
  display_name: z.string(),
  kind: z.enum(kindNames),
  /** Of an email destination. */
  addresses: z.array(z.string()).optional(),
  /** Names of the secrets that were given. */
  secrets: z.array(z.string()),
  /** Their values, sealed. Records of earlier versions have names only. */
  sealed: z.record(z.string(), z.string()).optional(),
});

export type Destination = z.output<typeof record>;

export const destinations = ({ store }: Workspace): Collection<Destination> =>
  store.collection("notificationDestinations", record);

/** @throws ApiError 404 RESOURCE_DOES_NOT_EXIST. */
export function requireDestination(workspace: Workspace, id: string): Destination {
  const found = destinations(workspace).get(id);
  if (found === undefined) throw missing("Notification destination", id);
  return found;
}

/** The kind of a config, what it says, and what a new destination of the kind would still need. */
export function readConfig(workspace: Workspace, config: z.output<typeof destinationConfig>) {
  const kind = kindNames.find((name) => config[name] !== undefined) ?? "email";
  const texts = Object.entries(config[kind] ?? {}).filter(
    (field): field is [string, string] => typeof field[1] === "string",
  );
  const { needs } = kinds[kind];
  return {
    kind,
    addresses: config.email?.addresses,
    secrets: texts.map(([name]) => name),
    sealed: Object.fromEntries(texts.map(([name, text]) => [name, seal(workspace, text)])),
    lacks: kind === "email" || texts.some(([name]) => name === needs) ? undefined : needs,
  };
}

/** The value of a secret; undefined if it was not given, or is not known any more. */
export function secretOf(
  workspace: Workspace,
  { sealed }: Destination,
  name: string,
): string | undefined {
  const text = sealed?.[name];
  return text === undefined ? undefined : unseal(workspace, text);
}

/** A destination as it is shown: of secrets only that they are set. */
export function shownDestination({ id, display_name, kind, addresses, secrets }: Destination) {
  const shown = Object.fromEntries(secrets.map((name) => [`${name}_set`, true]));
  return {
    id,
    display_name,
    destination_type: typeOf(kind),
    config: { [kind]: addresses === undefined ? shown : { addresses } },
  };
}

/** e.g. `WEBHOOK`. */
export function typeOf(kind: Kind): (typeof kinds)[Kind]["type"] {
  return kinds[kind].type;
}

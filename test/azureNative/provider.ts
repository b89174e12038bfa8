import { Azure, AzureError } from "./azure";
import { changesBetween, type Change } from "./diff";
import { invoke } from "./invokes";
import { namingProblems } from "./namingRules";
import { computedOutputs, guid, laidOver } from "./outputs";
import { idOf, nameInput, pathInputs, resourceType, type ResourceType } from "./resourceTypes";
import type { Schemas } from "./schemas";
import type { Schema } from "./shape";
import type { Store, Stored } from "./store";
import { validate, type Problem } from "./validate";
import { isBag, randomHex, text, unknown, type Bag } from "./values";

/** Whose Azure it is: the provider's own configuration, where it says so. */
export interface Account {
  readonly subscriptionId: string;
  readonly tenantId: string;
  /** Of resources that name none, instead of their group's. */
  readonly location: string | undefined;
}

/** One resource in one request. */
export interface Subject {
  /** Type token, e.g. `azure-native:storage:StorageAccount`. */
  readonly token: string;
  /** Name in the program. */
  readonly name: string;
}

/** How a resource would change. */
export interface Difference {
  readonly changes: ReadonlyMap<string, Change>;
  /** Paths among them that need a new resource. */
  readonly replaces: readonly string[];
  /** Whether the new one would have the id of the old one. */
  readonly deleteBeforeReplace: boolean;
}

/** What the provider does, without how the engine asks for it. */
export class Provider {
  readonly #azure: Azure;

  constructor(
    private readonly schemas: Schemas,
    store: Store,
    private readonly account: Account,
  ) {
    this.#azure = new Azure(store);
  }

  /** Fills in what a program may leave out, and says all that is wrong. */
  check(
    { token, name }: Subject,
    given: Bag,
    olds: Bag,
    seed: Uint8Array,
  ): { inputs: Bag; problems: readonly Problem[] } {
    const { type, schema } = this.#known(token);
    const inputs = this.#withDefaults(type, schema, name, given, olds, seed);
    return { inputs, problems: [...validate(inputs, schema), ...namingProblems(token, inputs)] };
  }

  diff({ token }: Subject, id: string, olds: Bag, news: Bag): Difference {
    const { type } = this.#known(token);
    const changes = changesBetween(olds, news);
    const fixed = [...pathInputs(type), "location", ...(type.immutable ?? [])];
    const replaces = [...changes.keys()].filter((path) =>
      fixed.some(
        (each) => path === each || path.startsWith(`${each}.`) || each.startsWith(`${path}.`),
      ),
    );
    const next = idOf(type, news, this.account.subscriptionId);
    return { changes, replaces, deleteBeforeReplace: next?.toLowerCase() === id.toLowerCase() };
  }

  /** @returns The new resource; while it is only previewed, without an id and with unknown outputs. */
  async create(
    { token }: Subject,
    inputs: Bag,
    preview: boolean,
  ): Promise<{ id: string; outputs: Bag }> {
    const { type, schema } = this.#known(token);
    const id = idOf(type, inputs, this.account.subscriptionId);
    if (preview) return { id: "", outputs: this.#previewed(token, schema, inputs, id) };
    if (id === undefined) throw new AzureError(400, "InvalidRequest", `${token} has no name yet`);
    const made = this.#made(token, schema, id, inputs, new Date().toISOString());
    await this.#azure.create(made);
    return { id, outputs: made.outputs };
  }

  /** @returns undefined if it is gone. */
  read(id: string): Stored | undefined {
    return this.#azure.get(id);
  }

  update({ token }: Subject, id: string, inputs: Bag, preview: boolean): Bag {
    const { schema } = this.#known(token);
    const created = this.#azure.get(id)?.created ?? "";
    const made = this.#made(token, schema, id, inputs, created);
    if (!preview) this.#azure.update(made);
    return made.outputs;
  }

  delete(id: string): void {
    this.#azure.delete(id);
  }

  /** @throws AzureError for a function that the double has not, or that finds nothing. */
  invoke(token: string, args: Bag): { result: Bag; problems: readonly Problem[] } {
    const schema = this.schemas.of(token);
    if (schema === undefined) {
      throw new AzureError(404, "NoSuchFunction", `@pulumi/azure-native has no ${token}`);
    }
    const problems = validate(args, schema);
    if (problems.length > 0) return { result: {}, problems };
    return { result: invoke(token, args, this.account, this.#azure), problems };
  }

  #known(token: string): { type: ResourceType; schema: Schema } {
    const schema = this.schemas.of(token);
    if (schema === undefined) {
      throw new AzureError(404, "NoSuchType", `@pulumi/azure-native has no ${token}`);
    }
    const type = resourceType(token);
    if (type === undefined) {
      const where = "test/azureNative/resourceTypes.ts";
      throw new AzureError(501, "NotInTheDouble", `${token} is not in ${where}; add it there`);
    }
    return { type, schema };
  }

  /** Names and locations, as the real provider gives them. */
  #withDefaults(
    type: ResourceType,
    schema: Schema,
    name: string,
    given: Bag,
    olds: Bag,
    seed: Uint8Array,
  ): Bag {
    const defaults: Record<string, unknown> = {};
    const named = nameInput(type);
    if (given[named] === undefined) {
      defaults[named] = olds[named] ?? autoName(type, name, seed);
    }
    if (given["location"] === undefined && schema.objects[schema.args]?.["location"]) {
      const location = olds["location"] ?? this.account.location ?? this.#groupLocation(given);
      if (location !== undefined) defaults["location"] = location;
    }
    return { ...given, ...defaults };
  }

  #groupLocation(inputs: Bag): string | undefined {
    const group = text(inputs, "resourceGroupName");
    if (group === undefined) return undefined;
    const id = `/subscriptions/${this.account.subscriptionId}/resourceGroups/${group}`;
    return text(this.#azure.get(id)?.outputs, "location");
  }

  #made(token: string, schema: Schema, id: string, inputs: Bag, created: string): Stored {
    const computed = computedOutputs({
      id,
      token,
      inputs,
      created,
      tenantId: this.account.tenantId,
    });
    const outputs = laidOver(inputs, computed);
    return { id, token, inputs, outputs: declared(schema, outputs), created };
  }

  /** What the program gave is known; what Azure would add is not. */
  #previewed(token: string, schema: Schema, inputs: Bag, id: string | undefined): Bag {
    const { subscriptionId, tenantId } = this.account;
    const anyId = `/subscriptions/${subscriptionId}/resourceGroups/unknown`;
    const created = "";
    const computed = computedOutputs({ id: id ?? anyId, token, inputs, created, tenantId });
    return declared(schema, laidOver(inputs, masked(computed)));
  }
}

function declared(schema: Schema, outputs: unknown): Bag {
  const all = isBag(outputs) ? outputs : {};
  return Object.fromEntries(Object.entries(all).filter(([key]) => schema.outputs.includes(key)));
}

function masked(computed: unknown): unknown {
  return isBag(computed)
    ? Object.fromEntries(Object.entries(computed).map(([key, inner]) => [key, masked(inner)]))
    : unknown;
}

function autoName(type: ResourceType, name: string, seed: Uint8Array): string {
  if (type.autoName === "default") return "default";
  if (type.autoName === "uuid") return guid(name, randomHex(seed, 32));
  return `${name}${randomHex(seed)}`;
}

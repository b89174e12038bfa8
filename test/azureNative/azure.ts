import { isGivenScope, isWithin, parseArmId } from "./armId";
import { builtInRole } from "./builtInRoles";
import { madeWith } from "./madeWith";
import type { Store, Stored } from "./store";
import { isBag, plain, text } from "./values";

/** What Azure answers to a request that it refuses. */
export class AzureError extends Error {
  override readonly name = "AzureError";

  constructor(status: number, code: string, message: string) {
    super(`the double of azure-native answers ${String(status)} ${code}: ${message}`);
  }
}

const LOCK = "Microsoft.Authorization/locks";
const ROLE_ASSIGNMENT = "Microsoft.Authorization/roleAssignments";
const ROLE_DEFINITION = "Microsoft.Authorization/roleDefinitions";
const RESOURCE_GROUP = "Microsoft.Resources/resourceGroups";
const CREDENTIAL = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials";

/** Parts that a resource has from the beginning, whether or not a program sets their properties. */
const BUILT_IN: ReadonlySet<string> = new Set(["Microsoft.Storage/storageAccounts/blobServices"]);

/** The rules by which Azure's resource manager keeps resources, whatever their type. */
export class Azure {
  readonly #writing = new Set<string>();

  constructor(private readonly store: Store) {}

  get(id: string): Stored | undefined {
    return this.store.get(id);
  }

  /** @throws AzureError if it exists, or what it is in or refers to does not. */
  async create(resource: Stored): Promise<void> {
    const { type, parent } = parseArmId(resource.id);
    for (const { id } of [resource, ...madeWith(resource)]) {
      if (this.store.get(id) && !BUILT_IN.has(parseArmId(id).type)) {
        throw new AzureError(409, "Conflict", `${id} exists already`);
      }
    }
    this.#requireParents(resource.id);
    this.#requireLinked(resource);
    this.#refuseLocked(resource.id, ["ReadOnly"]);
    if (type === ROLE_ASSIGNMENT) this.#checkAssignment(resource);
    await this.#inTurn(type, parent ?? resource.id, () => {
      this.#put(resource);
    });
  }

  /** @throws AzureError if it does not exist, is locked, or refers to what does not exist. */
  update(resource: Stored): void {
    if (!this.store.get(resource.id)) {
      throw new AzureError(404, "ResourceNotFound", `${resource.id} does not exist`);
    }
    this.#requireLinked(resource);
    this.#refuseLocked(resource.id, ["ReadOnly"]);
    this.#put(resource);
  }

  #put(resource: Stored): void {
    for (const each of [resource, ...madeWith(resource)]) this.store.put(each);
  }

  /**
   * Deletes it with all that is in it or about it.
   * @throws AzureError if a lock keeps any of that.
   */
  delete(id: string): void {
    const gone = this.store
      .all()
      .filter((each) => isWithin(each.id, id) || each.owner?.toLowerCase() === id.toLowerCase());
    // What cannot be deleted is set back to what it was, which is a write.
    const builtIn = BUILT_IN.has(parseArmId(id).type);
    const levels = builtIn ? ["ReadOnly"] : ["ReadOnly", "CanNotDelete"];
    for (const each of gone) this.#refuseLocked(each.id, levels, id);
    for (const each of gone) this.store.delete(each.id);
  }

  /**
   * A lock holds for all in its scope, role assignments and diagnostic settings too.
   * https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources
   */
  #refuseLocked(id: string, levels: readonly string[], requested = id): void {
    // Locks themselves can be taken away, but not along with what they are on.
    if (parseArmId(requested).type === LOCK) return;
    for (const lock of this.store.all()) {
      const { type, scope } = parseArmId(lock.id);
      const level = text(lock.inputs, "level") ?? "";
      if (type === LOCK && levels.includes(level) && isWithin(id, scope)) {
        throw new AzureError(
          409,
          "ScopeLocked",
          `${requested} is locked: ${lock.id} is ${level} for all of ${scope}`,
        );
      }
    }
  }

  #requireParents(id: string): void {
    const { scope, parent, type } = parseArmId(id);
    const owner = parent ?? scope;
    if (isGivenScope(owner)) return;
    if (BUILT_IN.has(parseArmId(owner).type)) {
      this.#requireParents(owner);
    } else if (!this.store.get(owner)) {
      const isGroup = parseArmId(owner).type === RESOURCE_GROUP;
      const code = isGroup ? "ResourceGroupNotFound" : "ParentResourceNotFound";
      throw new AzureError(404, code, `${owner} does not exist, so it can have no ${type}`);
    }
  }

  /** Resources of its own subscription that it names by id have to exist. */
  #requireLinked({ id, inputs }: Stored): void {
    const subscription = id.split("/").slice(0, 3).join("/");
    for (const linked of idsIn(plain(inputs)).filter((each) => isWithin(each, subscription))) {
      if (parseArmId(linked).type !== ROLE_DEFINITION && !this.store.get(linked)) {
        throw new AzureError(
          404,
          "LinkedResourceNotFound",
          `${linked}, which ${id} names, does not exist`,
        );
      }
    }
  }

  /** A role that exists, and once for a principal and a scope, whatever the assignment's name. */
  #checkAssignment(assignment: Stored): void {
    const role = text(assignment.inputs, "roleDefinitionId") ?? "";
    if (!this.store.get(role) && builtInRole(role) === undefined) {
      throw new AzureError(
        400,
        "RoleDefinitionDoesNotExist",
        `${role} is no custom role that exists and none of test/azureNative/builtInRoles.ts; add it there if Azure has it`,
      );
    }
    const said = assignmentOf(assignment);
    const same = this.store.all().find((other) => assignmentOf(other) === said);
    if (same) {
      throw new AzureError(409, "RoleAssignmentExists", `${same.id} assigns this role already`);
    }
  }

  /**
   * Azure refuses credentials of one identity that are written at the same time.
   * https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
   */
  async #inTurn(type: string, parent: string, write: () => void): Promise<void> {
    if (type !== CREDENTIAL) {
      write();
      return;
    }
    if (this.#writing.has(parent)) {
      throw new AzureError(
        409,
        "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
        `another credential of ${parent} is being written; let one depend on the other`,
      );
    }
    this.#writing.add(parent);
    try {
      await new Promise((resolve) => setTimeout(resolve, 100));
      write();
    } finally {
      this.#writing.delete(parent);
    }
  }
}

const RESOURCE_ID = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers(\/[^/]+){3,}$/i;

function idsIn(value: unknown): string[] {
  if (typeof value === "string") return RESOURCE_ID.test(value) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap(idsIn);
  return isBag(value) ? [...Object.keys(value), ...Object.values(value)].flatMap(idsIn) : [];
}

/** What an assignment says; undefined for other resources. */
function assignmentOf({ id, inputs }: Stored): string | undefined {
  const { type, scope } = parseArmId(id);
  if (type !== ROLE_ASSIGNMENT) return undefined;
  const role = text(inputs, "roleDefinitionId")?.split("/").at(-1);
  return [scope, text(inputs, "principalId"), role].join(" ").toLowerCase();
}

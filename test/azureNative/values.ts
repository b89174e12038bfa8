import { randomBytes } from "node:crypto";
import {
  unknownValue,
  specialOutputValueSig,
  specialSecretSig,
  specialSigKey,
} from "@pulumi/pulumi/runtime/rpc";

/** A property bag as it travels: JSON, with the engine's own marks for unknown and secret values. */
export type Bag = Readonly<Record<string, unknown>>;

/**
 * What the engine sends where a value of another resource is not known yet, by kind of value.
 * https://github.com/pulumi/pulumi/blob/v3.250.0/sdk/go/common/resource/plugin/rpc.go
 */
const UNKNOWN: ReadonlySet<unknown> = new Set([
  unknownValue,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** The mark of a value that is not known yet. */
export const unknown = unknownValue;

/** Whether a value is not known yet. */
export function isUnknown(value: unknown): boolean {
  return UNKNOWN.has(value);
}

/** Narrows to an object that is no list. */
export function isBag(value: unknown): value is Bag {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value without its mark as secret, and whether it had one. */
export function revealed(value: unknown): { value: unknown; secret: boolean } {
  if (!isBag(value)) return { value, secret: false };
  switch (value[specialSigKey]) {
    case specialSecretSig:
      return { value: revealed(value["value"]).value, secret: true };
    case specialOutputValueSig:
      return {
        value: "value" in value ? revealed(value["value"]).value : unknown,
        secret: value["secret"] === true,
      };
    default:
      return { value, secret: false };
  }
}

/** A value without any marks of secrets inside, and without properties that hold nothing. */
export function plain(marked: unknown): unknown {
  const { value } = revealed(marked);
  if (Array.isArray(value)) return value.map(plain);
  if (!isBag(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      inner === undefined || inner === null ? [] : [[key, plain(inner)]],
    ),
  );
}

/** {@link plain} of a property bag. */
export function plainBag(bag: Bag): Bag {
  const value = plain(bag);
  return isBag(value) ? value : {};
}

/** The string under a key, if it is one and known. */
export function text(bag: unknown, key: string): string | undefined {
  const { value } = revealed(isBag(bag) ? bag[key] : undefined);
  return typeof value === "string" && !isUnknown(value) ? value : undefined;
}

/** The object under a key; an empty one if there is none. */
export function bag(from: unknown, key: string): Bag {
  const { value } = revealed(isBag(from) ? from[key] : undefined);
  return isBag(value) ? value : {};
}

/** `path.key`, as Pulumi writes paths of properties. */
export function under(path: string, key: string): string {
  const simple = /^[A-Za-z_$][\w$]*$/.test(key);
  if (!simple) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** Letters and digits at random, for names. */
export function randomHex(seed: Uint8Array, length = 8): string {
  const bytes = seed.length > 0 ? Buffer.from(seed) : randomBytes(length);
  return bytes.toString("hex").slice(0, length);
}

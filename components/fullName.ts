import * as pulumi from "@pulumi/pulumi";
/** The parts of a Unity Catalog name. */
export interface FullName {
  readonly catalog: string;
  readonly schema: string;
  readonly name: string;
}

/** What Unity Catalog allows without quoting, which is also what every SQL dialect and URL takes. */
const PART = /^[A-Za-z0-9_]+$/;

/**
 * Splits `catalog.schema.name`.
 * @param what - What the name is of, for the message, e.g. `model`.
 * @throws pulumi.RunError naming the value if it does not have three parts of letters, digits and `_`.
 */
export function parseFullName(what: string, fullName: string): FullName {
  const [catalog, schema, name, ...rest] = fullName.split(".");
  if (
    catalog === undefined ||
    schema === undefined ||
    name === undefined ||
    rest.length > 0 ||
    ![catalog, schema, name].every((part) => PART.test(part))
  ) {
    throw new pulumi.RunError(
      `The ${what} name '${fullName}' is not allowed: ` +
        "it must have three parts, catalog.schema.name, of letters, digits and _.",
    );
  }
  return { catalog, schema, name };
}

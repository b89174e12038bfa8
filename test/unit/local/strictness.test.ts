import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { operations as api } from "../../../local/api";
import { faultOperations } from "../../../local/faults/operations";
import type { Method, Operation } from "../../../local/route";
import { createServer } from "../../../local/server";
import { Workspace } from "../../../local/workspace";
import { isChecked, sample, schemaOf, unknownFields, wrongValues } from "./schemaCases";

/**
 * No service is started, and none has a double: a handler that was reached with what should have been
 * refused fails for want of a service, or changes the state, and either is seen.
 */
const root = mkdtempSync(join(tmpdir(), "strictness-"));
const workspace = new Workspace({ root, python: "python3" });
workspace.url = "http://127.0.0.1:1";
const operations = [...api, ...faultOperations];
const server = createServer(workspace, api);
const before = filesBelow(root);

beforeAll(async () => {
  await server.ready();
});

afterAll(async () => {
  expect(filesBelow(root), "a refused call changed the state").toEqual(before);
  await server.close();
  await workspace.close();
  rmSync(root, { recursive: true, force: true });
});

/** An operation with what it takes, and a path that it answers. */
const subjects = operations.map((operation) => {
  const params = schemaOf(operation.takes.params, "output").properties ?? {};
  const path = operation.path
    .replaceAll("::", "\0")
    .replace(/:(\w+)|\*$/g, (whole, name?: string) => sample(params[name ?? whole] ?? {}))
    .replace("\0", ":");
  return {
    operation,
    name: `${operation.method} ${operation.path}`,
    path: operation.signed ? workspace.sign(path, new Date(Date.now() + 60_000)).slice(18) : path,
    query: schemaOf(operation.takes.query),
    body: schemaOf(operation.takes.body),
  };
});

type Subject = (typeof subjects)[number];

const hasBody = ({ operation, body }: Subject): boolean =>
  !["GET", "HEAD"].includes(operation.method) && isChecked(body);

interface Refusal {
  readonly status: number;
  readonly code: unknown;
  readonly message: string;
}

async function call(
  { operation: { method, signed } }: { operation: Pick<Operation, "method" | "signed"> },
  path: string,
  body?: unknown,
  authorization = `Bearer ${workspace.token}`,
): Promise<Refusal> {
  const answer = await server.inject({
    method,
    url: path,
    headers: {
      ...(signed || authorization === "" ? {} : { authorization }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  if (method === "HEAD") return { status: answer.statusCode, code: undefined, message: "" };
  const { error_code, message, ...rest } = answer.json<Record<string, unknown>>();
  expect(rest, "Databricks' error shape has nothing else").toEqual({ details: [] });
  return { status: answer.statusCode, code: error_code, message: String(message) };
}

function withQuery({ path }: Subject, values: Readonly<Record<string, unknown>>): string {
  const query = Object.entries(values).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
  );
  return `${path}${path.includes("?") ? "&" : "?"}${query.join("&")}`;
}

const STRANGE = "no_such_field";

function expectUnsupported(refusal: Refusal, subject: Subject, field: string): void {
  expect(refusal.status, `${subject.name}, ${field}: ${refusal.message}`).toBe(501);
  if (subject.operation.method === "HEAD") return;
  expect(refusal.code).toBe("NOT_IMPLEMENTED");
  expect(refusal.message).toContain(`${subject.name}: field '${field}'`);
}

function expectInvalid(refusal: Refusal, subject: Subject, field: string): void {
  expect(refusal.status, `${subject.name}, ${field}: ${refusal.message}`).toBe(400);
  if (subject.operation.method === "HEAD") return;
  expect(refusal.code).toBe("INVALID_PARAMETER_VALUE");
  expect(refusal.message, subject.name).toContain(`${field}: `);
}

describe("every operation", () => {
  test("refuses an unknown query parameter by its name", async () => {
    for (const subject of subjects) {
      const refusal = await call(subject, withQuery(subject, { [STRANGE]: 1 }));
      expectUnsupported(refusal, subject, STRANGE);
    }
  });

  test("refuses an unknown field of its body by its name, however deep", async () => {
    for (const subject of subjects.filter(hasBody)) {
      for (const { field, value } of unknownFields(subject.body, STRANGE))
        expectUnsupported(await call(subject, subject.path, value), subject, field);
    }
  });

  test("refuses a query parameter of another type, or outside of its enum", async () => {
    // What is wrong with a link's signature is a 401; see below.
    for (const subject of subjects.filter(({ operation }) => !operation.signed)) {
      for (const { field, value } of wrongValues(subject.query, true))
        expectInvalid(await call(subject, withQuery(subject, value)), subject, field);
    }
  });

  test("refuses a field of another type, or outside of its enum, however deep", async () => {
    // Versions of the same call take the same; one of them is enough for the hundreds of wrong values.
    const distinct = new Map(
      subjects.filter(hasBody).map((one) => [JSON.stringify(one.body), one]),
    );
    for (const subject of distinct.values()) {
      for (const { field, value } of wrongValues(subject.body, false))
        expectInvalid(await call(subject, subject.path, value), subject, field);
    }
  });

  test("refuses a caller without the token, or without the signature of a link", async () => {
    for (const subject of subjects.filter(({ operation }) => !operation.open)) {
      const path = subject.path.replace(/signature=.*/, "signature=x");
      for (const authorization of ["", "Bearer dapi0", `Basic ${workspace.token}`]) {
        const refusal = await call(subject, path, undefined, authorization);
        expect(refusal.status, subject.name).toBe(401);
      }
    }
  });
});

describe("whatever is tried", () => {
  const anySubject = fc.constantFrom(...subjects).map((subject) => ({
    subject,
    // What a counterexample shows.
    toString: () => subject.name,
  }));
  const names = fc.oneof(
    fc.string({ minLength: 1 }),
    fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty"),
  );
  const has = ({ properties = {} }: Subject["query"], name: string) =>
    Object.hasOwn(properties, name);

  test("an unknown name is never ignored", async () => {
    await fc.assert(
      fc.asyncProperty(anySubject, names, async ({ subject }, name) => {
        if (!has(subject.query, name))
          expectUnsupported(await call(subject, withQuery(subject, { [name]: 1 })), subject, name);
        if (!hasBody(subject) || has(subject.body, name)) return;
        const body: unknown = JSON.parse(`{${JSON.stringify(name)}: 1}`);
        expectUnsupported(await call(subject, subject.path, body), subject, name);
      }),
      { numRuns: 1000 },
    );
  });

  const patterns = operations.map(({ method, path }) => {
    const pattern = path
      .replace(/::/g, ":")
      .replace(/\/:\w+/g, "/[^/]*")
      .replace(/\*$/, ".*");
    return { method, pattern: new RegExp(`^${pattern}$`) };
  });
  const isServed = (method: Method, path: string) =>
    patterns.some((one) => one.method === method && one.pattern.test(path));

  const methods = fc.constantFrom<Method>("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");
  /** Paths that differ from a served one in one part, or only in the method. */
  const paths = fc.tuple(anySubject, fc.nat(), fc.stringMatching(/^[a-z0-9_-]{0,9}$/)).map(
    ([
      {
        subject: { path },
      },
      at,
      word,
    ]) => {
      const [, ...parts] = (path.split("?", 1)[0] ?? "").split("/");
      return `/${parts.map((part, index) => (index === at % parts.length ? word : part)).join("/")}`;
    },
  );

  test("a call that is not served is a 501", async () => {
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(methods, paths, async (method, path) => {
        if (isServed(method, path.replace(/(?<=.)\/$/, ""))) return;
        tried++;
        const refusal = await call({ operation: { method, signed: false } }, path);
        expect(refusal.status, `${method} ${path}`).toBe(501);
        if (method !== "HEAD") expect(refusal.message).toContain(`${method} ${path}`);
      }),
      { numRuns: 1000 },
    );
    expect(tried).toBeGreaterThan(500);
  });
});

/** Names and contents of all files, so that nothing a call writes goes unseen. */
function filesBelow(folder: string): [string, string][] {
  return (
    readdirSync(folder, { recursive: true, withFileTypes: true })
      // SQLite notes its readers in the last one.
      .filter((entry) => entry.isFile() && !entry.name.endsWith("-shm"))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [file, readFileSync(file, "base64")])
  );
}

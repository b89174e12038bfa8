import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mlflowArtifactProxyOperations } from "../../../local/api/mlflowArtifactProxy";
import { mlflowArtifactOperations } from "../../../local/api/mlflowArtifacts";
import { ArtifactStore } from "../../../local/mlflow/artifactStore";
import {
  artifactPath,
  filterFromDatabricks,
  fromDatabricks,
  toDatabricks,
} from "../../../local/mlflow/artifactUris";
import { signedLink } from "../../../local/mlflow/signedLinks";
import { checkSignature } from "../../../local/models/signature";
import { openWorkspace } from "./harness";

describe("artifact locations", () => {
  test.each([
    ["mlflow-artifacts:/7/ab12/artifacts", "dbfs:/databricks/mlflow-tracking/7/ab12/artifacts"],
    [
      "mlflow-artifacts:/7/models/m-1/artifacts",
      "dbfs:/databricks/mlflow-tracking/7/logged_models/m-1/artifacts",
    ],
    ["mlflow-artifacts:/7", "dbfs:/databricks/mlflow-tracking/7"],
    ["s3://elsewhere/7", "s3://elsewhere/7"],
  ])("%s is shown as %s, and back", (own, shown) => {
    expect(toDatabricks(own)).toBe(shown);
    expect(fromDatabricks(shown)).toBe(own);
  });

  test("every path survives the way there and back", () => {
    const part = fc.stringMatching(/^[\w.-]{1,12}$/).filter((name) => name !== "logged_models");
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const uri = `mlflow-artifacts:/${parts.join("/")}`;
        expect(fromDatabricks(toDatabricks(uri))).toBe(uri);
        expect(artifactPath(toDatabricks(uri))).toBe(parts.join("/"));
      }),
    );
  });

  test("a search for a location asks MLflow for its own", () => {
    const filter = "attributes.artifact_uri = 'dbfs:/databricks/mlflow-tracking/7/r/artifacts'";
    expect(filterFromDatabricks(filter)).toBe(
      "attributes.artifact_uri = 'mlflow-artifacts:/7/r/artifacts'",
    );
  });
});

describe("the artifact store", () => {
  test("gives back what was written, and lists it", async () => {
    const artifacts = new ArtifactStore(openWorkspace([]).workspace);
    await artifacts.write("1/r/artifacts/d/x.txt", Readable.from(["hello"]));
    await artifacts.write("1/r/artifacts/empty", {});
    expect(await text((await artifacts.read("1/r/artifacts/d/x.txt")).stream)).toBe("hello");
    expect((await artifacts.list("1/r/artifacts")).map(({ path, size }) => [path, size])).toEqual([
      ["1/r/artifacts/d", 0],
      ["1/r/artifacts/empty", 0],
    ]);
    expect(await artifacts.list("1/r/artifacts/empty")).toEqual([]);
    expect(await artifacts.list("nothing")).toEqual([]);
  });

  test("keeps the old file and no part of the new one when an upload breaks off", async () => {
    const { workspace } = openWorkspace([]);
    const artifacts = new ArtifactStore(workspace);
    await artifacts.write("a/x", Readable.from(["old"]));
    const broken = Readable.from(
      (function* () {
        yield "new";
        throw new Error("the connection broke");
      })(),
    );
    await expect(artifacts.write("a/x", broken)).rejects.toThrow("the connection broke");
    const folder = join(workspace.root, "mlflow", "artifacts", "a");
    expect(readdirSync(folder)).toEqual(["x"]);
    expect(readFileSync(join(folder, "x"), "utf8")).toBe("old");
  });

  test.each(["../x", "a/../../x", "/etc/passwd", "a\0b"])("does not reach %j", async (path) => {
    const artifacts = new ArtifactStore(openWorkspace([]).workspace);
    await expect(artifacts.write(path, {})).rejects.toThrow("Invalid artifact path");
    await expect(artifacts.read(path)).rejects.toThrow("Invalid artifact path");
  });
});

describe("signed links", () => {
  const open = () => openWorkspace([...mlflowArtifactOperations, ...mlflowArtifactProxyOperations]);

  test("are bound to reading, or writing, one path", () => {
    const { workspace } = open();
    const { pathname, searchParams } = new URL(signedLink(workspace, "read", "1/r/a b.txt"));
    const opens = (path: string) =>
      workspace.isSigned(
        path,
        Number(searchParams.get("expires")),
        searchParams.get("signature") ?? "",
      );
    expect(pathname).toBe("/local/artifacts/read/1/r/a%20b.txt");
    expect(opens(pathname)).toBe(true);
    expect(opens(pathname.replace("/read/", "/write/"))).toBe(false);
    expect(opens(pathname.replace("a%20b", "c"))).toBe(false);
  });

  test("files of registered versions cannot be changed by a plain MLflow client", async () => {
    const { call } = open();
    const answer = await call(
      "DELETE",
      "/api/2.0/mlflow-artifacts/artifacts/unity-catalog/models/x/MLmodel",
    );
    expect(answer).toMatchObject({ status: 403, body: { error_code: "PERMISSION_DENIED" } });
  });
});

describe("the signature that Unity Catalog asks for", () => {
  const inputs = `  inputs: '[{"type": "double", "name": "x"}]'\n`;
  const outputs = `  outputs: '[{"type": "long"}]'\n`;

  test.each([
    ["no MLmodel file", undefined, "hold no 'MLmodel' file"],
    ["no signature", "flavors: {}\n", "did not contain any signature metadata"],
    ["inputs only", `signature:\n${inputs}`, "without outputs"],
    ["outputs only", `signature:\n${outputs}`, "without inputs"],
    ["no YAML", "signature: [", "cannot be read"],
  ])("is missed with %s", async (_, content, message) => {
    const artifacts = new ArtifactStore(openWorkspace([]).workspace);
    if (content !== undefined) await artifacts.write("m/MLmodel", Readable.from([content]));
    await expect(checkSignature(artifacts, "m")).rejects.toThrow(message);
  });

  test("is there with inputs and outputs", async () => {
    const artifacts = new ArtifactStore(openWorkspace([]).workspace);
    await artifacts.write("m/MLmodel", Readable.from([`signature:\n${inputs}${outputs}`]));
    await expect(checkSignature(artifacts, "m")).resolves.toBeUndefined();
  });
});

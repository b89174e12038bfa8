import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";

/** Where `@pulumi/azure-native` is installed. */
export const sdkFolder = dirname(require.resolve("@pulumi/azure-native/package.json"));

/** The version of the SDK, which is the one that its provider has. */
export const sdkVersion = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(sdkFolder, "package.json"), "utf8"))).version;
